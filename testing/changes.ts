/** Writes to the change feed manually, for tests of its readers. */

import { sql } from 'kysely'
import type { Database, Db } from '../authority/database/database.ts'
import { watchedTables } from '../authority/database/feed/watched-tables.ts'
import { rawSql } from './raw-sql.ts'

/** Publishes a change without writing a row. */
export async function insertChange(db: Db, kind: string, key: string): Promise<void> {
  await sql`insert into changes (kind, key, mark) values (${kind}, ${key}, cast(random() as varchar(32)))`.execute(db)
}

/** Disables publishing, so that a test controls the content of the feed. */
export async function dropChangeTriggers(database: Database): Promise<void> {
  for (const { table, events } of watchedTables)
    for (const event of events) {
      const name = `publish_${table}_${event}`
      await rawSql(database, `drop trigger ${name}${database.kind === 'postgres' ? ` on ${table}` : ''}`)
    }
}
