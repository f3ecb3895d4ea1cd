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

/** Dead since before then, up to so many. One that was found stays with its report. */
export async function deleteDead(db: Db, before: string, rowsMax: number): Promise<number> {
  const rows = await db
    .selectFrom('accessTokens as t')
    .select('t.id')
    .where('t.revokedAt', '<', before)
    .where((of) =>
      of.not(of.exists(of.selectFrom('leakReports as r').select('r.id').whereRef('r.tokenId', '=', 't.id'))),
    )
    .limit(rowsMax)
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await db.deleteFrom('tokenUses').where('tokenId', 'in', ids).execute()
  await db.deleteFrom('accessTokens').where('id', 'in', ids).execute()
  return ids.length
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

export function findTokenWithHash(db: Db, hash: Uint8Array) {
  return db
    .selectFrom('accessTokens')
    .select(['id', 'name', 'lastCharacters', 'ownerKind', 'ownerId', 'accountId', 'expiresAt', 'revokedAt'])
    .where('hash', '=', hash)
    .executeTakeFirst()
}

/** Tokens that lie in one of these accounts, live and ended, by id from the one after `lastId` on. */
export async function findHashesAfter(db: Db, accounts: readonly string[], lastId: string, rowsMax: number) {
  const people = db.selectFrom('accountUsers').select('userId').where('accountId', 'in', accounts)
  return db
    .selectFrom('accessTokens')
    .select(['id', 'hash'])
    .where('id', '>', lastId)
    .where((of) => of.or([of('accountId', 'in', accounts), of('ownerId', 'in', people)]))
    .orderBy('id')
    .limit(rowsMax)
    .execute()
}

/** Live tokens that share the family, or the owner, of a token. */
export async function findTokensBy(db: Db, by: 'family' | 'owner', tokenId: string): Promise<string[]> {
  const column = by === 'family' ? 'family' : 'ownerId'
  const rows = await db
    .selectFrom('accessTokens')
    .select('id')
    .where('revokedAt', 'is', null)
    .where(column, '=', (of) => of.selectFrom('accessTokens').select(column).where('id', '=', tokenId))
    .execute()
  return rows.map(({ id }) => id)
}
