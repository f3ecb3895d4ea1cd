import { type Kysely, sql } from 'kysely'
import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export type AuditRow = Tables['auditEvents']

export async function insertAuditEvent(db: Db, row: AuditRow): Promise<void> {
  await db.insertInto('auditEvents').values(row).execute()
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

export async function sealRow(db: Db, id: string, position: number, seal: string): Promise<void> {
  await db
    .updateTable('auditEvents')
    .set({ position, seal })
    .where('id', '=', id)
    .where('position', 'is', null)
    .execute()
}

/** The chain's head, locked until the transaction ends, so that one sealer at a time goes on with it. */
export async function lockChain(db: Db, accountId: string, database: 'sqlite' | 'postgres') {
  await db
    .insertInto('auditChains')
    .values({ accountId, length: 0, head: '' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const chain = db.selectFrom('auditChains').selectAll().where('accountId', '=', accountId)
  return (database === 'postgres' ? chain.forUpdate() : chain).executeTakeFirstOrThrow()
}

export async function advanceChain(db: Db, accountId: string, length: number, head: string): Promise<void> {
  await db.updateTable('auditChains').set({ length, head }).where('accountId', '=', accountId).execute()
}

export function listChains(db: Db) {
  return db.selectFrom('auditChains').selectAll().orderBy('accountId').execute()
}

/** Whose rows are sealed, '' for those of no account. */
export async function listSealedAccounts(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('auditEvents')
    .select('accountId')
    .distinct()
    .where('position', 'is not', null)
    .execute()
  return rows.map(({ accountId }) => accountId ?? '')
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

export async function countUnsealedBefore(db: Db, time: string): Promise<number> {
  const row = await db
    .selectFrom('auditEvents')
    .select((of: { fn: Kysely<Tables>['fn'] }) => of.fn.countAll().as('count'))
    .where('position', 'is', null)
    .where('at', '<', time)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Runs its work only on the one node that holds the sealer's lock; resolves false elsewhere. */
export async function trySealerLock(db: Db, database: 'sqlite' | 'postgres'): Promise<boolean> {
  if (database === 'sqlite') return true
  const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(829402) as held`.execute(db)
  return rows[0]?.held === true
}
