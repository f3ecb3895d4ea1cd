import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type VerdictCount = Tables['verdictCounts']

/** Adds to the counts of other nodes in the same minute. */
export async function addCounts(db: Db, rows: readonly VerdictCount[]): Promise<void> {
  await db
    .insertInto('verdictCounts')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['accountId', 'minute', 'outcome'])
        .doUpdateSet({ times: sql`verdict_counts.times + excluded.times` }),
    )
    .execute()
}

export async function dropCountsBefore(db: Db, minute: string): Promise<void> {
  await db.deleteFrom('verdictCounts').where('minute', '<', minute).execute()
}
