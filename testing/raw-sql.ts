import type { Database } from '@mintmark/authority/database/database.ts'
import { sql } from 'kysely'

/** Changes tables directly, as a person with access to the database could. */
export async function rawSql(database: Database, text: string): Promise<readonly unknown[]> {
  const { rows } = await database.withoutTransaction((db) => sql.raw(text).execute(db))
  return rows
}
