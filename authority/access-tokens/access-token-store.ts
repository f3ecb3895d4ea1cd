import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export type TokenRow = Tables['accessTokens']

export async function insertToken(db: Db, row: TokenRow): Promise<void> {
  await db.insertInto('accessTokens').values(row).execute()
}

export async function updateToken(db: Db, id: string, change: Partial<TokenRow>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('accessTokens').set(change).where('id', '=', id).execute()
}

/** The row stays, marked: a true holder of the dead token can then be told why. */
export async function markRevoked(db: Db, id: string, at: string): Promise<void> {
  await db
    .updateTable('accessTokens')
    .set({ revokedAt: at })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
}

export async function markAllRevoked(db: Db, ownerId: string, at: string): Promise<string[]> {
  const rows = await db
    .selectFrom('accessTokens')
    .select('id')
    .where('ownerId', '=', ownerId)
    .where('revokedAt', 'is', null)
    .execute()
  await db
    .updateTable('accessTokens')
    .set({ revokedAt: at })
    .where('ownerId', '=', ownerId)
    .where('revokedAt', 'is', null)
    .execute()
  return rows.map(({ id }) => id)
}

export function findSuccessors(db: Db, predecessorId: string) {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'rotationKey', 'lastUsedAt', 'expiresAt'])
    .where('predecessorId', '=', predecessorId)
    .where('revokedAt', 'is', null)
    .execute()
}

/** Of a person, the accounts belonged to. */
export async function accountsOfUser(db: Db, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('accountUsers').select('accountId').where('userId', '=', userId).execute()
  return rows.map(({ accountId }) => accountId)
}

const idsPerStatement = 500

export async function writeLastUsed(db: Db, ids: readonly string[], at: string): Promise<void> {
  for (let start = 0; start < ids.length; start += idsPerStatement) {
    const some = ids.slice(start, start + idsPerStatement)
    await db.updateTable('accessTokens').set({ lastUsedAt: at }).where('id', 'in', some).execute()
  }
}
