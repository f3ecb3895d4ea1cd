import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type FoundRow = Tables['foundTokens']

const rowsPerStatement = 1_000

export async function insertFound(db: Db, rows: readonly FoundRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await db
      .insertInto('foundTokens')
      .values(rows.slice(start, start + rowsPerStatement))
      .execute()
}

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
