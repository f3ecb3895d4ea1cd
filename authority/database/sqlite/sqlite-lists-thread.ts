/** A worker thread that reads an SQLite file. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { matches, matchFunction } from '../fold.ts'

export interface ListsFile {
  readonly file: string
  readonly busyMilliseconds: number
}

export interface ListsRequest {
  readonly number: number
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** Error codes are sent separately because errors lose them between threads. */
export type ListsResponse = { readonly number: number } & (
  | { readonly rows: unknown[] }
  | { readonly failed: { readonly message: string; readonly code?: string; readonly errcode?: number } }
)

const statementsKept = 200
const { file, busyMilliseconds } = workerData as ListsFile
let connection: DatabaseSync | undefined
const kept = new Map<string, StatementSync>()

parentPort?.on('message', ({ number, text, parameters }: ListsRequest) => {
  parentPort?.postMessage({ number, ...answer(text, parameters as SQLInputValue[]) } as ListsResponse)
})

function answer(text: string, parameters: SQLInputValue[]) {
  try {
    connection ??= open()
    return { rows: statementOf(connection, text).all(...parameters) }
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: string; errcode?: number }
    return { failed: { message, code, errcode } }
  }
}

function open(): DatabaseSync {
  const opened = new DatabaseSync(file, { readOnly: true, timeout: busyMilliseconds })
  opened.function(matchFunction, { deterministic: true }, matches)
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
