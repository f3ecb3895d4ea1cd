import type { Database } from '@mintmark/authority/database/database.ts'
import { sql } from 'kysely'

/** Does to the tables what no deed does: what somebody with the database in hand may do. */
export async function rawSql(database: Database, text: string): Promise<readonly unknown[]> {
  const { rows } = await database.withoutTransaction((db) => sql.raw(text).execute(db))
  return rows
}
