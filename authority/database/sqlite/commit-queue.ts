/** The queue through which all writes to an SQLite file go. */
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db, Flush, WriteWork } from '../database.ts'
import type { DiskSpace } from '../disk-space.ts'
import { DatabaseTrouble, isBusy, isFull, translated } from '../errors.ts'
import { checkpoints } from './checkpoints.ts'
import { type FileGuard, startLog } from './sqlite-files.ts'

const busyPauseMilliseconds = 2
/** The maximum number of writes per commit, which bounds how long the first of them waits. */
const writesPerCommit = 64
/** After this time, other requests are served before the next write of the same commit. */
const turnMilliseconds = 8
/** Each response takes a part of a millisecond. */
const settledPerTurn = 8

interface QueuedWrite {
  work: WriteWork<unknown>
  flush: Flush
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

interface QueueOptions {
  readonly file: string
  readonly busyMilliseconds: number
  readonly guard: FileGuard
  readonly space: DiskSpace
}

/**
 * Group commit. Writes that wait while another runs share one transaction, each in its own savepoint, and resolve only after
 * the commit that makes them durable: one disk flush serves them all.
 */
export function commitQueue(db: Db, writer: DatabaseSync, options: QueueOptions) {
  const { file, busyMilliseconds, guard, space } = options
  const setSynchronous = synchronousOf(writer)
  const log = checkpoints(writer, { ...options, commitNothing: () => add(async () => undefined, 'later') })
  const waiting: QueuedWrite[] = []
  let running: Promise<void> | undefined

  const add = <T>(work: WriteWork<T>, flush: Flush = 'now'): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, flush, resolve: resolve as (value: unknown) => void, reject })
      running ??= drain()
    })

  const drain = async () => {
    while (waiting.length > 0) {
      // One turn of the event loop lets requests that arrived together share the commit, and lets others be served in between.
      await new Promise(setImmediate)
      const batch = waiting.splice(0, writesPerCommit)
      await commit(batch)
        // Revoking must not fail because other programs filled the disk.
        .catch((error) => (isFull(error) && space.releaseReserve() ? commit(batch) : Promise.reject(error)))
        .then(log.afterCommit)
        .catch((error) => {
          for (const each of batch) each.reject(translated(error, file))
        })
    }
    // Reset in the same turn as the last check of the queue, so that a write added from now on starts a new drain.
    running = undefined
  }

  const commit = (batch: QueuedWrite[]) =>
    db.connection().execute(async (connection) => {
      const settlements: (() => void)[] = []
      const yieldIfDue = yielding()
      refuseOtherFiles(guard)
      // The next commit with a flush also flushes the ones before it.
      setSynchronous(batch.some(({ flush }) => flush === 'now') ? 'full' : 'normal')
      await begin(connection, busyMilliseconds)
      try {
        if (guard.logBytes() === 0) startLog(writer)
        for (const each of batch) {
          settlements.push(await attempt(connection, each))
          await yieldIfDue()
        }
        await sql`commit`.execute(connection)
        refuseOtherFiles(guard)
      } catch (error) {
        await sql`rollback`.execute(connection).catch(() => undefined)
        throw error
      }
      await settleAll(settlements)
    })

  const attempt = async (connection: Db, { work, resolve, reject }: QueuedWrite): Promise<() => void> => {
    writer.exec('savepoint one_write')
    try {
      const value = await work(connection)
      writer.exec('release one_write')
      return () => resolve(value)
    } catch (error) {
      if (isFull(error) && space.hasReserve()) throw error
      // A full disk may have rolled back the whole transaction; then all of its writes fail with this error.
      await undo(connection).catch(() => Promise.reject(error))
      return () => reject(translated(error, file))
    }
  }

  return { add, close: () => Promise.all([running, log.close()]) }
}

/** Returns a function that selects whether a commit flushes the log. */
function synchronousOf(writer: DatabaseSync): (wanted: 'full' | 'normal') => void {
  let current = 'full'
  return (wanted) => {
    if (wanted !== current) writer.exec(`pragma synchronous = ${wanted}`)
    current = wanted
  }
}

function refuseOtherFiles(guard: FileGuard): void {
  const trouble = guard.look()
  if (trouble) throw new DatabaseTrouble(trouble)
}

async function settleAll(settlements: readonly (() => void)[]): Promise<void> {
  for (const [at, settle] of settlements.entries()) {
    settle()
    if (at % settledPerTurn === settledPerTurn - 1) await new Promise(setImmediate)
  }
}

/** Returns a function that yields to other work if this has not happened for a while. */
function yielding(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < turnMilliseconds) return
    await new Promise(setImmediate)
    since = performance.now()
  }
}

async function begin(connection: Db, busyMilliseconds: number): Promise<void> {
  const until = performance.now() + busyMilliseconds
  for (;;) {
    try {
      await sql`begin immediate`.execute(connection)
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
    }
    await pause(busyPauseMilliseconds)
  }
}

async function undo(connection: Db): Promise<void> {
  await sql`rollback to one_write`.execute(connection)
  await sql`release one_write`.execute(connection)
}
