/** Connections for lists and reports: they read only, each statement by itself, and stop when the reader no longer waits. */
import {
  CamelCasePlugin,
  type CompiledQuery,
  type DialectAdapter,
  Kysely,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../schema/tables.ts'

/** Rejects with the reason of the signal when it is aborted. */
export type ListQuery = (text: string, parameters: readonly unknown[], signal: AbortSignal) => Promise<unknown[]>

export interface ListDialect {
  createAdapter(): DialectAdapter
  createQueryCompiler(): QueryCompiler
}

/** It caches the names of columns. */
const camelCase = new CamelCasePlugin()

/** Returns a function that binds statements to a signal. */
export const listsDb =
  (dialect: ListDialect, query: ListQuery) =>
  (signal: AbortSignal): Db => {
    const connection = {
      executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
        signal.throwIfAborted()
        return { rows: (await query(sql, parameters, signal)) as R[] }
      },
      streamQuery: () => refuse('streaming'),
    }
    const nothing = async () => undefined
    const noTransaction = async () => refuse('transactions')
    return new Kysely<Tables>({
      dialect: {
        ...dialect,
        createIntrospector: () => refuse('introspection'),
        createDriver: () => ({
          init: nothing,
          acquireConnection: async () => connection,
          beginTransaction: noTransaction,
          commitTransaction: noTransaction,
          rollbackTransaction: noTransaction,
          releaseConnection: nothing,
          destroy: nothing,
        }),
      },
      plugins: [camelCase],
    })
  }

function refuse(what: string): never {
  throw new TypeError(`Lists do not support ${what}.`)
}
