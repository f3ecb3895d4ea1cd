import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type PasskeyRow = Tables['passkeys']

export async function insertPasskey(db: Db, row: PasskeyRow): Promise<void> {
  await db.insertInto('passkeys').values(row).execute()
}

export function findPasskeysOf(db: Db, userId: string): Promise<PasskeyRow[]> {
  return db.selectFrom('passkeys').selectAll().where('userId', '=', userId).orderBy('createdAt').execute()
}

export function findPasskey(db: Db, credentialId: string): Promise<PasskeyRow | undefined> {
  return db.selectFrom('passkeys').selectAll().where('credentialId', '=', credentialId).executeTakeFirst()
}

export async function updatePasskey(db: Db, id: string, change: Partial<PasskeyRow>): Promise<void> {
  await db.updateTable('passkeys').set(change).where('id', '=', id).execute()
}

export async function deletePasskey(db: Db, id: string): Promise<void> {
  await db.deleteFrom('passkeys').where('id', '=', id).execute()
}

/** Also deletes expired challenges. Returns false if the challenge was already used. */
export async function insertUsedChallenge(db: Db, row: Tables['usedChallenges'], now: string): Promise<boolean> {
  await db.deleteFrom('usedChallenges').where('expiresAt', '<', now).execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('usedChallenges')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}
