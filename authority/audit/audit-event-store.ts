import type { Kysely } from 'kysely'
import type { Db } from '../database/database.ts'
import { type InsertColumns, insertRows } from '../database/json-rows.ts'
import type { Tables } from '../database/schema/tables.ts'

/** Larger than any real chain, and small enough for a JavaScript number. */
export const positionMax = 2 ** 50

export type AuditRow = Omit<Tables['auditEvents'], 'ownerId'> & { readonly ownerId?: string | null }

export function insertAuditEvent(db: Db, row: AuditRow): Promise<void> {
  return insertAuditEvents(db, [row])
}

const columns: InsertColumns<Tables['auditEvents']> = {
  id: 'text',
  accountId: 'text',
  action: 'text',
  at: 'text',
  actorType: 'text',
  actorId: 'text',
  tokenId: 'text',
  tokenLastCharacters: 'text',
  address: 'text',
  requestId: 'text',
  subjectType: 'text',
  subjectId: 'text',
  ownerId: 'text',
  before: 'text',
  after: 'text',
  times: 'bigint',
  position: 'bigint',
  seal: 'text',
}

export const insertAuditEvents = (db: Db, rows: readonly AuditRow[]): Promise<void> =>
  insertRows(
    db,
    'auditEvents',
    columns,
    rows.map((row) => ({ ownerId: null, ...row })),
  )

/** The oldest rows that are not in a chain yet. */
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

/** Returns the next account that has rows, with one index lookup per account: `distinct` would read the whole index. */
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

const inChain = (accountId: string) =>
  ['accountId', accountId === '' ? 'is' : '=', accountId === '' ? null : accountId] as const

/** Sealed rows of one chain after a position, in order. Rows beyond `positionMax` belong to no chain. */
export function listSealed(db: Db, accountId: string, after: number, most: number): Promise<AuditRow[]> {
  return db
    .selectFrom('auditEvents')
    .selectAll()
    .where(...inChain(accountId))
    .where('position', '>', after)
    .where('position', '<=', positionMax)
    .orderBy('position')
    .limit(most)
    .execute()
}

/** The highest position of any row in a chain; 0 if there is none. */
export const highestPosition = (db: Db, accountId: string): Promise<number> => endPosition(db, accountId, 'desc')

async function endPosition(db: Db, accountId: string, direction: 'asc' | 'desc'): Promise<number> {
  const row = await db
    .selectFrom('auditEvents')
    .select('position')
    .where(...inChain(accountId))
    .where('position', '<=', positionMax)
    .orderBy('position', direction)
    .limit(1)
    .executeTakeFirst()
  return row?.position ?? 0
}

/** The number of an account's rows, by the ends of its chain, in which positions are consecutive. */
export async function countEvents(db: Db, accountId: string): Promise<number> {
  const last = await highestPosition(db, accountId)
  const sealed = last === 0 ? 0 : last - (await endPosition(db, accountId, 'asc')) + 1
  const unsealed = await db
    .selectFrom('auditEvents')
    .select((of: { fn: Kysely<Tables>['fn'] }) => of.fn.countAll().as('count'))
    .where('accountId', '=', accountId)
    .where('position', 'is', null)
    .executeTakeFirstOrThrow()
  return sealed + Number(unsealed.count)
}

/** Whether a row has a position before the start of its chain or beyond `positionMax`. */
export async function hasRowOutside(db: Db, accountId: string, start: number, end: number): Promise<boolean> {
  const row = await db
    .selectFrom('auditEvents')
    .select('id')
    .where(...inChain(accountId))
    .where((is) => is.or([is('position', '<=', start), is('position', '>', end)]))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Returns the seals at these positions of a chain. Missing positions are left out. */
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

/** Deletes the rows of a chain up to a position. Returns their number. */
export async function deleteSealed(db: Db, accountId: string, upTo: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('auditEvents')
    .where(...inChain(accountId))
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
