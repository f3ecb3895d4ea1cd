/**
 * Copies the write-ahead log back to the file when it is long. That takes tens of milliseconds, so a thread does it, and the
 * write queue then only copies what was written meanwhile. Until then this process reads an old state: otherwise SQLite would
 * start a new log without truncating this one, and the queue would not know where a log starts. ADR 0027.
 */
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import type { DiskSpace } from '../disk-space.ts'
import type { FileGuard } from './sqlite-files.ts'

const pageBytes = 4_120
/** The size of the log at which it is checkpointed; much smaller if the disk is almost full. */
const logBytesMax = 8_000 * pageBytes
const logBytesWhenShort = 64 * pageBytes
/** Beyond this size, writes are faster than the thread and have to wait. */
const logBytesMost = 4 * logBytesMax
/** Few enough pages to be copied by the write queue itself. */
const restBytesMax = 500 * pageBytes

interface Options {
  readonly file: string
  readonly guard: FileGuard
  readonly space: DiskSpace
}

export interface Checkpoints {
  /** Call after each commit, while no transaction is open. */
  afterCommit(): void
  close(): Promise<void>
}

export function checkpoints(writer: DatabaseSync, { file, guard, space }: Options): Checkpoints {
  const holder = new DatabaseSync(file, { readOnly: true })
  let nextAt = logBytesMax
  /** The length of the log up to which it is being copied, or was. */
  let copiedBytes = 0
  let copying: Promise<void> | undefined
  let isClosed = false

  const truncate = () => {
    if (holder.isTransaction) holder.exec('rollback')
    copiedBytes = 0
    writer.exec('pragma wal_checkpoint(truncate)')
    // A reader of older pages prevents the log from being truncated; the next attempt is made when it has grown further.
    nextAt = Math.max(logBytesMax, guard.logBytes() + logBytesMax / 8)
  }
  const copyInThread = (bytes: number) => {
    if (holder.isTransaction) holder.exec('rollback')
    holder.exec('begin; select 1 from sqlite_schema limit 1')
    copiedBytes = bytes
    copying = ended(new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: file })).finally(
      () => {
        copying = undefined
        // The next commit tries again and reports the error.
        if (!isClosed && !writer.isTransaction) attemptQuietly(afterCommit)
      },
    )
  }
  const afterCommit = () => {
    const bytes = guard.logBytes()
    const isShort = bytes > logBytesWhenShort && space.state() !== 'enough'
    if (copying !== undefined || (bytes < nextAt && !isShort)) return
    const isCopied = copiedBytes > 0 && bytes - copiedBytes < restBytesMax
    if (isShort || isCopied || bytes > logBytesMost) truncate()
    else copyInThread(bytes)
  }
  return {
    afterCommit,
    close: async () => {
      isClosed = true
      await copying
      holder.close()
    },
  }
}

function attemptQuietly(work: () => void): void {
  try {
    work()
  } catch {}
}

/** If the thread fails, the write queue copies everything itself. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.on('error', () => undefined)
    worker.on('exit', () => resolve())
  })
}
