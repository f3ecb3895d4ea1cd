import type { Database, Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type PendingRevocation = Tables['pendingRevocations']

export async function insertPendingRevocation(db: Db, row: PendingRevocation): Promise<void> {
  await db.insertInto('pendingRevocations').values(row).execute()
}

export async function deletePendingRevocation(db: Db, id: string): Promise<void> {
  await db.deleteFrom('pendingRevocations').where('id', '=', id).execute()
}

/** Returns a pending revocation that no other node is processing, locked until the transaction ends. */
export function takePendingRevocation(db: Db, kind: Database['kind']): Promise<PendingRevocation | undefined> {
  const first = db.selectFrom('pendingRevocations').selectAll().orderBy('id').limit(1)
  return (kind === 'postgres' ? first.forUpdate().skipLocked() : first).executeTakeFirst()
}

interface OwnerTokens {
  readonly ownerId: string
  readonly createdUntil: string
  readonly sparedTokenId: string | null
}

/** When the newest of an owner's live tokens was created; null if there is none. */
export async function findNewestCreation(db: Db, ownerId: string): Promise<string | null> {
  const row = await db
    .selectFrom('accessTokens')
    .select('createdAt')
    .where('ownerId', '=', ownerId)
    .where('revokedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.createdAt ?? null
}

/** Up to `rowsMax` live tokens of an owner. */
export async function findLiveTokenIds(db: Db, of: OwnerTokens, rowsMax: number): Promise<string[]> {
  const rows = await db
    .selectFrom('accessTokens')
    .select('id')
    .where('ownerId', '=', of.ownerId)
    .where('revokedAt', 'is', null)
    .where('createdAt', '<=', of.createdUntil)
    .where('id', '!=', of.sparedTokenId ?? '')
    .limit(rowsMax)
    .execute()
  return rows.map(({ id }) => id)
}

/** Returns those that were not revoked before. The rows are kept, so that token holders can be given the reason. */
export async function markEachRevoked(db: Db, ids: readonly string[], at: string): Promise<string[]> {
  const rows = await db
    .updateTable('accessTokens')
    .set({ revokedAt: at })
    .where('id', 'in', ids)
    .where('revokedAt', 'is', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}
