/**
 * Group commit of writes that are independent of each other: none reads what another one writes. Those that wait share one
 * transaction and run in it side by side, and `together` turns their statements into one statement for all.
 */
import type { Database, Db, WriteWork } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'

/** Bounds the size of statements and, on SQLite, the time of a turn. */
const writesPerTransaction = 64

interface Waiting {
  readonly work: WriteWork<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * Returns a function that runs a write in a transaction shared with others. A work that refuses must return that as its value and
 * must have written nothing: if one rejects, the transaction is rolled back, and each of its works runs in its own.
 */
export function sharedWrites(database: Database): <T>(work: WriteWork<T>) => Promise<T> {
  const waiting: Waiting[] = []
  let isRunning = false
  const drain = async () => {
    isRunning = true
    while (waiting.length > 0) {
      // Writes that arrive in one turn of the event loop share a transaction.
      await new Promise(setImmediate)
      await commitTogether(database, waiting.splice(0, writesPerTransaction))
    }
    isRunning = false
  }
  return <T>(work: WriteWork<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      if (!isRunning) void drain()
    })
}

async function commitTogether(database: Database, waiting: readonly Waiting[]): Promise<void> {
  const alone = ({ work, resolve, reject }: Waiting) => database.write(work).then(resolve, reject)
  if (waiting.length === 1) return void (await Promise.all(waiting.map(alone)))
  try {
    const works = waiting.map(({ work }) => work)
    const values = await database.write((db) => runTogether(db, works))
    for (const [at, { resolve }] of waiting.entries()) resolve(values[at])
  } catch (error) {
    // If the database was lost, its outcome is unknown: a second attempt could write everything twice.
    if (error instanceof DatabaseTrouble) for (const { reject } of waiting) reject(error)
    else await Promise.all(waiting.map(alone))
  }
}

/** Runs works of a transaction side by side. None may read what another one writes. If one rejects, so does this, after all have ended. */
export async function runTogether<T>(db: Db, works: readonly WriteWork<T>[]): Promise<T[]> {
  shared.set(db, { calls: new Map(), last: Promise.resolve() })
  try {
    // Waits for all: a statement that still runs would end up in the next transaction of the connection.
    const results = await Promise.allSettled(works.map((work) => work(db)))
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  } finally {
    shared.delete(db)
  }
}

interface Call {
  readonly key: unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** The calls of each transaction that is shared, by what they load. */
const shared = new WeakMap<Db, { readonly calls: Map<object, Call[]>; last: Promise<unknown> }>()

/** Whether other works use this transaction too. */
export const isShared = (db: Db): boolean => shared.has(db)

/**
 * Calls `load` with this key and those of all other calls for the same `subject` that works of the transaction make at the same
 * time. `load` returns a value for each key, in order; an `Error` is thrown to the caller of that key only.
 */
export function together<K, V>(
  db: Db,
  subject: object,
  key: K,
  load: (keys: readonly K[]) => Promise<readonly V[]>,
): Promise<Exclude<V, Error>> {
  const transaction = shared.get(db)
  const { promise, resolve, reject } = Promise.withResolvers<Exclude<V, Error>>()
  const call: Call = { key, resolve: resolve as Call['resolve'], reject }
  if (!transaction) {
    void answer([call], load)
    return promise
  }
  const { calls } = transaction
  const waiting = calls.get(subject)
  if (waiting) waiting.push(call)
  else {
    const all = [call]
    calls.set(subject, all)
    // All works have made their calls by then. A connection runs one statement at a time.
    setImmediate(() => {
      calls.delete(subject)
      transaction.last = transaction.last.then(() => answer(all, load))
    })
  }
  return promise
}

async function answer<K, V>(
  calls: readonly Call[],
  load: (keys: readonly K[]) => Promise<readonly V[]>,
): Promise<void> {
  try {
    const values = await load(calls.map(({ key }) => key as K))
    for (const [at, { resolve, reject }] of calls.entries()) {
      const value = values[at]
      if (value instanceof Error) reject(value)
      else resolve(value as never)
    }
  } catch (error) {
    for (const { reject } of calls) reject(error)
  }
}
