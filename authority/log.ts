/** The log: JSON lines on stderr. Written in batches, or each line would cost a system call of its own. */
import { type Logger, pino } from 'pino'

/** A batch is written when it is this large, and at the latest after this time. */
const batchBytes = 8_192
const batchMilliseconds = 200

export function openLog(level: string): Logger {
  const destination = pino.destination({
    dest: 2,
    sync: false,
    minLength: batchBytes,
    periodicFlush: batchMilliseconds,
  })
  return pino({ level, base: null }, destination)
}
