/** A worker thread that reads an SQLite file. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { addFunctions } from './sqlite-functions.ts'

export interface ListsFile {
  readonly file: string
  readonly busyMilliseconds: number
}

export interface ListsThreadData extends ListsFile {
  /** Shared memory with the number of the statement that should stop. */
  readonly stopped: Int32Array
}

export interface ListsRequest {
  readonly number: number
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** Error codes are sent separately because errors lose them between threads. */
export type ListsResponse =
  | { readonly rows: unknown[] }
  | { readonly failed: { readonly message: string; readonly code?: string; readonly errcode?: number } }

const statementsKept = 200
const { file, busyMilliseconds, stopped } = workerData as ListsThreadData
let connection: DatabaseSync | undefined
let running = 0
const kept = new Map<string, StatementSync>()

parentPort?.on('message', ({ number, text, parameters }: ListsRequest) => {
  running = number
  parentPort?.postMessage(answer(text, parameters as SQLInputValue[]))
})

function answer(text: string, parameters: SQLInputValue[]): ListsResponse {
  try {
    connection ??= open()
    return { rows: statementOf(connection, text).all(...parameters) }
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: string; errcode?: number }
    return { failed: { message, ...(code ? { code } : {}), ...(errcode ? { errcode } : {}) } }
  }
}

function open(): DatabaseSync {
  const opened = new DatabaseSync(file, { readOnly: true, timeout: busyMilliseconds })
  addFunctions(opened, () => Atomics.load(stopped, 0) === running)
  return opened
}

function statementOf(connection: DatabaseSync, text: string): StatementSync {
  const known = kept.get(text)
  if (known) return known
  const statement = connection.prepare(text)
  if (kept.size >= statementsKept) kept.delete(kept.keys().next().value as string)
  kept.set(text, statement)
  return statement
}
