import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type CodeRow = Tables['authorizationCodes']

/** Those that ended long ago go with it. */
export async function insertCode(db: Db, row: CodeRow, longAgo: string): Promise<void> {
  await db.deleteFrom('authorizationCodes').where('expiresAt', '<', longAgo).execute()
  await db.insertInto('authorizationCodes').values(row).execute()
}

export function findCode(db: Db, hash: Uint8Array): Promise<CodeRow | undefined> {
  return db.selectFrom('authorizationCodes').selectAll().where('hash', '=', hash).executeTakeFirst()
}

export async function markCodeUsed(db: Db, hash: Uint8Array, used: { usedAt: string; tokenId: string }): Promise<void> {
  await db.updateTable('authorizationCodes').set(used).where('hash', '=', hash).execute()
}

/** Those that were not exchanged yet. */
export async function deleteOpenCodes(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('authorizationCodes').where('userId', '=', userId).where('usedAt', 'is', null).execute()
}
