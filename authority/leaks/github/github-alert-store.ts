import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type AlertRow = Tables['githubAlerts']

/** Returns false if this delivery was already queued. */
export async function insertAlert(db: Db, row: AlertRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows: rows } = await db
    .insertInto('githubAlerts')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return Number(rows ?? 0) > 0
}

export function listDueAlerts(db: Db, now: string, limit: number): Promise<AlertRow[]> {
  return db
    .selectFrom('githubAlerts')
    .selectAll()
    .where('doneAt', 'is', null)
    .where('dueAt', '<=', now)
    .orderBy('dueAt')
    .limit(limit)
    .execute()
}

/** Claims an alert for one attempt and counts the attempt. Returns false if another node claimed it first. */
export async function claimAlert(db: Db, { id, dueAt, attempts }: AlertRow, until: string): Promise<boolean> {
  const { numUpdatedRows: rows } = await db
    .updateTable('githubAlerts')
    .set({ dueAt: until, attempts: attempts + 1 })
    .where('id', '=', id)
    .where('dueAt', '=', dueAt)
    .where('doneAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(rows) > 0
}

/** Reschedules an alert, unless another node has claimed it in the meantime. */
export async function rescheduleAlert(db: Db, id: string, attempts: number, dueAt: string): Promise<void> {
  await db.updateTable('githubAlerts').set({ dueAt }).where('id', '=', id).where('attempts', '=', attempts).execute()
}

export async function finishAlert(db: Db, id: string, doneAt: string, outcome: string): Promise<void> {
  await db.updateTable('githubAlerts').set({ doneAt, outcome }).where('id', '=', id).execute()
}

export async function countAlerts(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('githubAlerts')
    .select((row) => row.fn.countAll().as('count'))
    .where('doneAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}
