/** Statements on many rows with one parameter, JSON: their text and plan do not depend on the number of rows. */
import { snake } from '@mintmark/contract'
import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Db } from './database.ts'
import { kindOf } from './kind-of.ts'
import type { Tables } from './schema/tables.ts'

/** Types that both databases know by the same name. */
type ColumnType = 'text' | 'bigint'

/** Returns the condition that a column is one of these ids. PostgreSQL uses an index for an array, and locks rows in its order. */
export function inIds(db: Db, ids: readonly string[]): RawBuilder<unknown> {
  const json = JSON.stringify(ids)
  return kindOf(db) === 'postgres'
    ? sql`= any(array(select jsonb_array_elements_text(${json}::jsonb)))`
    : sql`in (select value from json_each(${json}))`
}

/** Returns rows as a table `v` to select from. `columns` names members of the rows with their types. */
export function jsonRows<R extends object>(
  db: Db,
  rows: readonly R[],
  columns: { readonly [K in keyof R & string]?: ColumnType },
): RawBuilder<unknown> {
  const json = JSON.stringify(rows)
  const named = Object.entries(columns)
  if (kindOf(db) === 'postgres')
    return sql`jsonb_to_recordset(${json}::jsonb) as v(${sql.raw(named.map(([name, type]) => `"${name}" ${type}`).join(', '))})`
  const members = named.map(([name]) => `value ->> '${name}' as "${name}"`).join(', ')
  return sql`(select ${sql.raw(members)} from json_each(${json})) as v`
}

/** `bytes` are hexadecimal in JSON. */
export type InsertColumns<R> = { readonly [K in keyof R & string]: ColumnType | 'bytes' }

/** Inserts rows: with one statement on PostgreSQL, with one prepared statement for each on SQLite, which is faster there. */
export async function insertRows<T extends keyof Tables & string>(
  db: Db,
  table: T,
  columns: InsertColumns<Tables[T]>,
  rows: readonly Tables[T][],
): Promise<void> {
  if (rows.length === 0) return
  const named = Object.entries(columns) as [keyof Tables[T], ColumnType | 'bytes'][]
  const into = `insert into ${snake(table)} (${named.map(([name]) => snake(String(name))).join(', ')})`
  if (kindOf(db) === 'sqlite') {
    const text = `${into} values (${named.map(() => '?').join(', ')})`
    for (const row of rows)
      await db.executeQuery(
        CompiledQuery.raw(
          text,
          named.map(([name]) => row[name]),
        ),
      )
    return
  }
  const values = named.map(([name, type]) =>
    type === 'bytes' ? `decode("${String(name)}", 'hex')` : `"${String(name)}"`,
  )
  const types = named.map(([name, type]) => `"${String(name)}" ${type === 'bytes' ? 'text' : type}`)
  const text = `${into} select ${values.join(', ')} from jsonb_to_recordset($1::jsonb) as v(${types.join(', ')})`
  const members = (row: Tables[T]) =>
    Object.fromEntries(named.map(([name, type]) => [name, type === 'bytes' ? hexOf(row[name]) : row[name]]))
  await db.executeQuery(CompiledQuery.raw(text, [JSON.stringify(rows.map(members))]))
}

const hexOf = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('hex')
