import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type CodeRow = Tables['authorizationCodes']

/** Also deletes codes that expired before `purgeBefore`. */
export async function insertCode(db: Db, row: CodeRow, purgeBefore: string): Promise<void> {
  await db.deleteFrom('authorizationCodes').where('expiresAt', '<', purgeBefore).execute()
  await db.insertInto('authorizationCodes').values(row).execute()
}

export function findCode(db: Db, hash: Uint8Array): Promise<CodeRow | undefined> {
  return db.selectFrom('authorizationCodes').selectAll().where('hash', '=', hash).executeTakeFirst()
}

export async function markCodeUsed(db: Db, hash: Uint8Array, used: { usedAt: string; tokenId: string }): Promise<void> {
  await db.updateTable('authorizationCodes').set(used).where('hash', '=', hash).execute()
}

/** Deletes codes that were not exchanged yet. */
export async function deleteOpenCodes(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('authorizationCodes').where('userId', '=', userId).where('usedAt', 'is', null).execute()
}
