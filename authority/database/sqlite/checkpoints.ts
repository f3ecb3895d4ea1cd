/**
 * Copies the write-ahead log back to the file when it is long. That takes tens of milliseconds and a flush, so a thread does it:
 * first while writes continue, then what was written meanwhile, for which they wait. Until then this process reads an old
 * state: otherwise SQLite would start a new log without truncating this one, and the queue would not know where a log starts.
 * ADR 0027.
 */
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import type { DiskSpace } from '../disk-space.ts'
import type { FileGuard } from './sqlite-files.ts'

const pageBytes = 4_120
/** The size of the log at which it is checkpointed; much smaller if the disk is almost full. */
export const logBytesMax = 8_000 * pageBytes
const logBytesWhenShort = 64 * pageBytes

interface Options {
  readonly file: string
  readonly guard: FileGuard
  readonly space: DiskSpace
  /** Commits an empty transaction, after which the log is looked at again. */
  commitNothing(): Promise<void>
}

export interface Checkpoints {
  /** Call after each commit, while no transaction is open. The next write has to wait until it resolves. */
  afterCommit(): Promise<void>
  close(): Promise<void>
}

export function checkpoints(writer: DatabaseSync, { file, guard, space, commitNothing }: Options): Checkpoints {
  const holder = new DatabaseSync(file, { readOnly: true })
  let nextAt = logBytesMax
  let isClosed = false
  let isCopied = false
  let copying: Promise<void> | undefined

  const truncate = () => {
    if (holder.isTransaction) holder.exec('rollback')
    isCopied = false
    writer.exec('pragma wal_checkpoint(truncate)')
    // A reader of older pages prevents the log from being truncated; the next attempt is made when it has grown further.
    nextAt = Math.max(logBytesMax, guard.logBytes() + logBytesMax / 8)
  }
  const copyInThread = () => {
    if (holder.isTransaction) holder.exec('rollback')
    holder.exec('begin; select 1 from sqlite_schema limit 1')
    copying = ended(new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: file })).finally(
      () => {
        copying = undefined
      },
    )
    return copying
  }
  const copyWhileWriting = async () => {
    await copyInThread()
    isCopied = true
    // There may be no other write for long.
    if (!isClosed) await commitNothing()
  }
  const afterCommit = async () => {
    const bytes = guard.logBytes()
    const isShort = bytes > logBytesWhenShort && space.state() !== 'enough'
    if (isClosed || copying !== undefined || (bytes < nextAt && !isShort)) return
    if (isShort) return truncate()
    // After a failure, the next commit tries again.
    if (!isCopied) return void copyWhileWriting().catch(() => undefined)
    await copyInThread()
    if (!isClosed) truncate()
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

/** If the thread fails, the write queue copies everything itself. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.on('error', () => undefined)
    worker.on('exit', () => resolve())
  })
}
