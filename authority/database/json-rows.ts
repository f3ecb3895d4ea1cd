/** Statements on many rows with one parameter, JSON: their text and plan do not depend on the number of rows. */
import { type RawBuilder, SqliteAdapter, sql } from 'kysely'
import type { Database, Db } from './database.ts'

/** Types that both databases know by the same name. */
type ColumnType = 'text' | 'bigint'

const kindOf = (db: Db): Database['kind'] => (db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres')

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
