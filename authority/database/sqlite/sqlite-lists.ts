/**
 * Lists and reports may scan whole tables, and SQLite is synchronous. They run on worker threads, so that a long search does
 * not delay verdicts. ADR 0025.
 */
import { Worker } from 'node:worker_threads'
import { SqliteAdapter, SqliteQueryCompiler } from 'kysely'
import type { Db } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'
import { type ListQuery, listsDb } from '../views/lists-db.ts'
import type { ListsFile, ListsRequest, ListsResponse, ListsThreadData } from './sqlite-lists-thread.ts'

export interface Lists {
  db(signal: AbortSignal): Db
  close(): Promise<void>
}

/** Beyond this number of waiting statements new ones are refused: their clients would time out before being served. */
const waitingMax = 1_000

/** A second thread serves short lists while the first one searches. */
const threadsMax = 2

interface Statement extends PromiseWithResolvers<unknown[]> {
  readonly text: string
  readonly parameters: readonly unknown[]
  readonly signal: AbortSignal
}

export function sqliteLists(where: ListsFile): Lists {
  const waiting = new Set<Statement>()
  const threads = Array.from({ length: threadsMax }, () => readerThread(where))
  const runNext = (): void => {
    const [statement] = waiting
    const idle = threads.find((thread) => thread.isIdle())
    if (!statement || !idle) return
    waiting.delete(statement)
    idle.run(statement).finally(runNext)
  }
  const query: ListQuery = async (text, parameters, signal) => {
    if (waiting.size >= waitingMax) throw new DatabaseTrouble('Too many lists are being read at once')
    const statement: Statement = { ...Promise.withResolvers<unknown[]>(), text, parameters, signal }
    const drop = () => {
      if (waiting.delete(statement)) statement.reject(signal.reason)
    }
    signal.addEventListener('abort', drop)
    waiting.add(statement)
    runNext()
    return await statement.promise.finally(() => signal.removeEventListener('abort', drop))
  }
  const dialect = {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
  return {
    db: listsDb(dialect, query),
    close: async () => {
      for (const { reject } of waiting) reject(new DatabaseTrouble('The database is closed'))
      waiting.clear()
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

interface ReaderThread {
  isIdle(): boolean
  /** Settles the statement. Resolves when the thread is idle. */
  run(statement: Statement): Promise<void>
  close(): Promise<void>
}

/** Starts when it is first used. */
function readerThread({ file, busyMilliseconds }: ListsFile): ReaderThread {
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let worker: Worker | undefined
  let running: Statement | undefined
  let idle = Promise.withResolvers<void>()
  let number = 0
  const stop = () => Atomics.store(stopped, 0, number)
  const finish = (settle: (statement: Statement) => void) => {
    const statement = running
    running = undefined
    if (!statement) return
    statement.signal.removeEventListener('abort', stop)
    settle(statement)
    idle.resolve()
  }
  const start = (): Worker => {
    const workerData: ListsThreadData = { file, busyMilliseconds, stopped }
    const started = new Worker(new URL('./sqlite-lists-thread.ts', import.meta.url), { workerData })
    const ended = (cause?: unknown) => {
      if (worker !== started) return
      worker = undefined
      finish(({ reject }) => reject(new DatabaseTrouble(`The thread that reads ${file} ended`, { cause })))
    }
    started.on('message', (answer: ListsResponse) => {
      // The process may exit while the thread is idle, never while it works.
      started.unref()
      finish(({ resolve, reject, signal }) => {
        if ('rows' in answer) resolve(answer.rows)
        else reject(signal.aborted ? signal.reason : Object.assign(new Error(answer.failed.message), answer.failed))
      })
    })
    started.on('error', ended)
    started.on('exit', () => ended())
    return started
  }
  return {
    isIdle: () => running === undefined,
    run: (statement) => {
      worker ??= start()
      worker.ref()
      running = statement
      // The shared number has 32 bits.
      number = (number + 1) | 0
      idle = Promise.withResolvers<void>()
      statement.signal.addEventListener('abort', stop)
      const { text, parameters } = statement
      worker.postMessage({ number, text, parameters } satisfies ListsRequest)
      return idle.promise
    },
    close: async () => {
      const terminated = worker
      worker = undefined
      stop()
      finish(({ reject }) => reject(new DatabaseTrouble('The database is closed')))
      await terminated?.terminate()
    },
  }
}
