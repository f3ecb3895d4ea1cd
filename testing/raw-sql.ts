import { sql } from 'kysely'
import type { Database } from '../authority/database/database.ts'

/** Changes tables directly, as a person with access to the database could. */
export async function rawSql(database: Database, text: string): Promise<readonly unknown[]> {
  const { rows } = await database.withoutTransaction((db) => sql.raw(text).execute(db))
  return rows
}
