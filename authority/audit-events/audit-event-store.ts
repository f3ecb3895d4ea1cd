import type { Kysely } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export type AuditRow = Tables['auditEvents']

export function insertAuditEvent(db: Db, row: AuditRow): Promise<void> {
  return insertAuditEvents(db, [row])
}

/** Up to a few hundred at once. */
export async function insertAuditEvents(db: Db, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length > 0)
    await db
      .insertInto('auditEvents')
      .values([...rows])
      .execute()
}

/** The oldest rows that are in no chain yet. */
export function listUnsealed(db: Db, most: number): Promise<AuditRow[]> {
  return db
    .selectFrom('auditEvents')
    .selectAll()
    .where('position', 'is', null)
    .orderBy('at')
    .orderBy('id')
    .limit(most)
    .execute()
}

/** The next account after one that has rows, by a look into the index for each: a `distinct` would read all of it. */
export async function nextAccountWithRows(db: Db, after: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('auditEvents')
    .select('accountId')
    .where('accountId', '>', after)
    .orderBy('accountId')
    .limit(1)
    .executeTakeFirst()
  return row?.accountId ?? undefined
}

/** Sealed rows of one chain after a position, in order. */
export function listSealed(db: Db, accountId: string, after: number, most: number): Promise<AuditRow[]> {
  return db
    .selectFrom('auditEvents')
    .selectAll()
    .where('accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(most)
    .execute()
}

/** The last position in a chain that a row claims; 0 when none does. */
export async function highestPosition(db: Db, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('auditEvents')
    .select('position')
    .where('accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId)
    .where('position', 'is not', null)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.position ?? 0
}

/** Of the first rows of a chain after a position: where they are in it, when they were, and their seals. */
export function listOldest(db: Db, accountId: string, after: number, most: number) {
  return db
    .selectFrom('auditEvents')
    .select(['position', 'at', 'seal'])
    .where('accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(most)
    .execute()
}

/** Rows of a chain up to a position; how many those were. */
export async function deleteSealed(db: Db, accountId: string, upTo: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('auditEvents')
    .where('accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId)
    .where('position', '<=', upTo)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

export async function countUnsealedBefore(db: Db, time: string): Promise<number> {
  const row = await db
    .selectFrom('auditEvents')
    .select((of: { fn: Kysely<Tables>['fn'] }) => of.fn.countAll().as('count'))
    .where('position', 'is', null)
    .where('at', '<', time)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
