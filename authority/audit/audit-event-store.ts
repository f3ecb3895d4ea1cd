import type { Kysely } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

/** Far below what a number can hold, and far above what any chain reaches. */
export const positionMax = 2 ** 50

export type AuditRow = Tables['auditEvents']

export function insertAuditEvent(db: Db, row: AuditRow): Promise<void> {
  return insertAuditEvents(db, [row])
}

const rowsPerStatement = 100

export async function insertAuditEvents(db: Db, rows: readonly AuditRow[]): Promise<void> {
  for (let first = 0; first < rows.length; first += rowsPerStatement)
    await db
      .insertInto('auditEvents')
      .values(rows.slice(first, first + rowsPerStatement))
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

const ofChain = (accountId: string) =>
  ['accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId] as const

/** Sealed rows of one chain after a position, in order. Those beyond `positionMax` are in no chain. */
export function listSealed(db: Db, accountId: string, after: number, most: number): Promise<AuditRow[]> {
  return db
    .selectFrom('auditEvents')
    .selectAll()
    .where(...ofChain(accountId))
    .where('position', '>', after)
    .where('position', '<=', positionMax)
    .orderBy('position')
    .limit(most)
    .execute()
}

/** The last position in a chain that a row claims; 0 when none does. */
export async function highestPosition(db: Db, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('auditEvents')
    .select('position')
    .where(...ofChain(accountId))
    .where('position', '<=', positionMax)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.position ?? 0
}

/** Whether a row claims a position before the start of a chain or beyond any end. */
export async function hasRowOutside(db: Db, accountId: string, start: number, end: number): Promise<boolean> {
  const row = await db
    .selectFrom('auditEvents')
    .select('id')
    .where(...ofChain(accountId))
    .where((is) => is.or([is('position', '<=', start), is('position', '>', end)]))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The seals at these positions of an account's chain, those that are there. */
export async function findSeals(
  db: Db,
  accountId: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, string | null>> {
  const rows = await db
    .selectFrom('auditEvents')
    .select(['position', 'seal'])
    .where('accountId', '=', accountId)
    .where('position', 'in', positions)
    .execute()
  return new Map(rows.map(({ position, seal }) => [position as number, seal]))
}

/** Rows of a chain up to a position; how many those were. */
export async function deleteSealed(db: Db, accountId: string, upTo: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('auditEvents')
    .where(...ofChain(accountId))
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
