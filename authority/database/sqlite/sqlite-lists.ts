/**
 * Lists and reports may scan whole tables, and SQLite is synchronous. They run on worker threads, so that a long search does
 * not delay verdicts. ADR 0025.
 */
import { Worker } from 'node:worker_threads'
import {
  CamelCasePlugin,
  type CompiledQuery,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteQueryCompiler,
} from 'kysely'
import type { Db } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'
import type { Tables } from '../schema/tables.ts'
import type { ListsFile, ListsRequest, ListsResponse } from './sqlite-lists-thread.ts'

export interface Lists {
  /** Reads only, each statement by itself. */
  readonly db: Db
  close(): Promise<void>
}

/** Beyond this number of waiting statements new ones are refused: their clients would time out before being served. */
const waitingMax = 1_000

/** A second thread serves short lists while the first one searches. */
const threadsMax = 2

export function sqliteLists(where: ListsFile): Lists {
  const threads = Array.from({ length: threadsMax }, () => readerThread(where))
  const query: Query = (text, parameters) => {
    const waiting = threads.reduce((sum, thread) => sum + thread.waiting(), 0)
    if (waiting >= waitingMax) throw new DatabaseTrouble('Too many lists are being read at once')
    return threads.reduce((one, other) => (other.waiting() < one.waiting() ? other : one)).query(text, parameters)
  }
  return {
    db: kyselyOf(query),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

interface ReaderThread {
  readonly query: Query
  /** The number of statements that it has not answered. */
  waiting(): number
  close(): Promise<void>
}

/** Starts when it is first used. */
function readerThread({ file, busyMilliseconds }: ListsFile): ReaderThread {
  const waiting = new Map<number, PromiseWithResolvers<unknown[]>>()
  let worker: Worker | undefined
  let lastNumber = 0
  const start = (): Worker => {
    const workerData: ListsFile = { file, busyMilliseconds }
    const started = new Worker(new URL('./sqlite-lists-thread.ts', import.meta.url), { workerData })
    const ended = (cause?: unknown) => {
      if (worker !== started) return
      worker = undefined
      for (const { reject } of waiting.values())
        reject(new DatabaseTrouble(`The thread that reads ${file} ended`, { cause }))
      waiting.clear()
    }
    started.on('message', (answer: ListsResponse) => {
      const pending = waiting.get(answer.number)
      waiting.delete(answer.number)
      // The process may exit while the thread is idle, never while it works.
      if (waiting.size === 0) started.unref()
      if ('rows' in answer) pending?.resolve(answer.rows)
      else pending?.reject(Object.assign(new Error(answer.failed.message), answer.failed))
    })
    started.on('error', ended)
    started.on('exit', () => ended())
    return started
  }
  return {
    query: (text, parameters) => {
      worker ??= start()
      worker.ref()
      const question: ListsRequest = { number: ++lastNumber, text, parameters }
      const answer = Promise.withResolvers<unknown[]>()
      waiting.set(question.number, answer)
      worker.postMessage(question)
      return answer.promise
    },
    waiting: () => waiting.size,
    close: async () => {
      const running = worker
      worker = undefined
      await running?.terminate()
      for (const { reject } of waiting.values()) reject(new DatabaseTrouble('The database is closed'))
      waiting.clear()
    },
  }
}

type Query = (text: string, parameters: readonly unknown[]) => Promise<unknown[]>

function kyselyOf(query: Query): Db {
  const refuse = async () => {
    throw new TypeError('Lists are read-only and run without a transaction.')
  }
  const connection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => ({
      rows: (await query(sql, parameters)) as R[],
    }),
    streamQuery: () => {
      throw new TypeError('Lists do not support streaming.')
    },
  }
  const nothing = async () => undefined
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: () => {
        throw new TypeError('Lists do not support introspection.')
      },
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: refuse,
        commitTransaction: refuse,
        rollbackTransaction: refuse,
        releaseConnection: nothing,
        destroy: nothing,
      }),
    },
    plugins: [new CamelCasePlugin()],
  })
}
