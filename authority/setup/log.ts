/** The log: JSON lines on stderr, or readable ones if that is a terminal, written in batches, because a system call per line is expensive. */
import { write as writeFile, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { type Logger, pino } from 'pino'
import { coalesced } from '../database/coalesced.ts'
import { readableLine } from './readable-log.ts'

/** A batch is written when it reaches this size, or after this time. */
const batchBytes = 65_536
const batchMilliseconds = 100
/** Beyond this, the consumer is too slow and new lines are dropped. */
const waitingBytesMax = 16 * 1024 * 1024
const retryMilliseconds = 10
const retriesAtExit = 50

export interface Log {
  readonly logger: Logger
  /** Resolves when everything is written or cannot be written. */
  close(): Promise<void>
}

export function openLog(level: string, fd = 2, isTerminal = isatty(fd)): Log {
  const lines = batchedLines(fd)
  const write = isTerminal ? (line: string) => lines.write(readableLine(line)) : lines.write
  process.once('exit', lines.writeAtExit)
  return {
    logger: pino({ level, base: null }, { write }),
    close: async () => {
      await lines.written()
      process.off('exit', lines.writeAtExit)
    },
  }
}

/**
 * Waits for a full pipe. A closed pipe or terminal ends logging but not the server: logging libraries that retry forever would
 * prevent the process from exiting.
 */
function batchedLines(fd: number) {
  let [waiting, size, isBroken] = [[] as string[], 0, false]
  let timer: NodeJS.Timeout | undefined

  const takeBatch = (): Buffer => {
    const batch = Buffer.from(waiting.join(''))
    waiting = []
    size = 0
    return batch
  }
  const writeAll = (bytes: Buffer): Promise<void> =>
    new Promise((done) => {
      writeFile(fd, bytes, 0, bytes.length, null, (error, written) => {
        isBroken ||= error !== null && error.code !== 'EAGAIN'
        const rest = bytes.subarray(error ? 0 : written)
        if (isBroken || rest.length === 0) return done()
        setTimeout(() => done(writeAll(rest)), error ? retryMilliseconds : 0)
      })
    })
  const writing = coalesced(async () => {
    clearTimeout(timer)
    timer = undefined
    while (waiting.length > 0 && !isBroken) await writeAll(takeBatch())
  })
  const startWriting = () => void writing.request()
  return {
    write: (line: string) => {
      if (isBroken || size > waitingBytesMax) return
      waiting.push(line)
      size += line.length
      if (size >= batchBytes) startWriting()
      else timer ??= setTimeout(startWriting, batchMilliseconds).unref()
    },
    written: writing.request,
    /** Writes the remaining lines synchronously when the process exits. */
    writeAtExit: () => {
      let bytes = takeBatch()
      for (let retries = 0; bytes.length > 0 && !isBroken && retries < retriesAtExit; ) {
        try {
          bytes = bytes.subarray(writeSync(fd, bytes))
        } catch (error) {
          if ((error as { code?: string }).code !== 'EAGAIN') return
          retries += 1
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMilliseconds)
        }
      }
    },
  }
}
