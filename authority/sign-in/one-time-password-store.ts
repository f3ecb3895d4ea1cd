import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export type OneTimePasswordRow = Tables['oneTimePasswords']

export function findOneTimePassword(db: Db, userId: string): Promise<OneTimePasswordRow | undefined> {
  return db.selectFrom('oneTimePasswords').selectAll().where('userId', '=', userId).executeTakeFirst()
}

export async function replaceOneTimePassword(db: Db, row: OneTimePasswordRow): Promise<void> {
  await db.deleteFrom('oneTimePasswords').where('userId', '=', row.userId).execute()
  await db.insertInto('oneTimePasswords').values(row).execute()
}

/** False when a code of this step or a later one was taken before: each is good once. */
export async function moveStep(db: Db, userId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oneTimePasswords')
    .set({ lastStep: step })
    .where('userId', '=', userId)
    .where('lastStep', '<', step)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function confirmOneTimePassword(db: Db, userId: string, confirmedAt: string): Promise<void> {
  await db.updateTable('oneTimePasswords').set({ confirmedAt }).where('userId', '=', userId).execute()
}

export async function deleteSecondFactor(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('oneTimePasswords').where('userId', '=', userId).execute()
  await db.deleteFrom('recoveryCodes').where('userId', '=', userId).execute()
}

export async function replaceRecoveryCodes(db: Db, userId: string, hashes: readonly Uint8Array[]): Promise<void> {
  await db.deleteFrom('recoveryCodes').where('userId', '=', userId).execute()
  await db
    .insertInto('recoveryCodes')
    .values(hashes.map((hash) => ({ userId, hash })))
    .execute()
}

/** True when there was such a code; there is none any more. */
export async function takeRecoveryCode(db: Db, userId: string, hash: Uint8Array): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('recoveryCodes')
    .where('userId', '=', userId)
    .where('hash', '=', hash)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('recoveryCodes')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow()
  return Number(count)
}
