import type { Db } from '../../database/database.ts'
import { type InsertColumns, insertRows } from '../../database/json-rows.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type FoundRow = Tables['foundTokens']

const columns: InsertColumns<FoundRow> = {
  id: 'text',
  hash: 'bytes',
  source: 'text',
  location: 'text',
  requestId: 'text',
  address: 'text',
  dueAt: 'text',
  attempts: 'bigint',
}

export const insertFound = (db: Db, rows: readonly FoundRow[]): Promise<void> =>
  insertRows(db, 'foundTokens', columns, rows)

/** Deletes rows and returns the IDs of those that still existed. Of several processes, one gets each row. */
export async function removeFound(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.deleteFrom('foundTokens').where('id', 'in', ids).returning('id').execute()
  return new Set(rows.map(({ id }) => id))
}

/** Lists rows that are due, and rows without attempts that become due by `untriedBy`. */
export function listFound(db: Db, now: string, untriedBy: string, limit: number): Promise<FoundRow[]> {
  return db
    .selectFrom('foundTokens')
    .selectAll()
    .where((row) =>
      row.or([row('dueAt', '<=', now), row.and([row('attempts', '=', 0), row('dueAt', '<=', untriedBy)])]),
    )
    .orderBy('dueAt')
    .orderBy('id')
    .limit(limit)
    .execute()
}

export async function rescheduleFound(db: Db, id: string, attempts: number, dueAt: string): Promise<void> {
  await db.updateTable('foundTokens').set({ attempts, dueAt }).where('id', '=', id).execute()
}

export async function countFound(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('foundTokens')
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}
