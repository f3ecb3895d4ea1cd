import { sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

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

interface CodeAttempt {
  readonly isKnown: boolean
  readonly now: string
  readonly dayAgo: string
  readonly most: number
}

/**
 * Counts a wrong code before it is looked at, so that no crowd of guesses at once passes the limit, and in the database, so that no
 * restart or other node begins anew. False when there were too many.
 */
export async function reserveCodeAttempt(
  db: Db,
  userId: string,
  { isKnown, now, dayAgo, most }: CodeAttempt,
): Promise<boolean> {
  const [ofStrangers, ofKnown] = isKnown ? [0, 1] : [1, 0]
  const { numUpdatedRows } = await db
    .updateTable('oneTimePasswords')
    .set({
      failures: sql<number>`case when failures_since < ${dayAgo} then 0 else failures end + ${ofStrangers}`,
      knownFailures: sql<number>`case when failures_since < ${dayAgo} then 0 else known_failures end + ${ofKnown}`,
      failuresSince: sql<string>`case when failures_since < ${dayAgo} then ${now} else failures_since end`,
    })
    .where('userId', '=', userId)
    .where((of) => of.or([of('failuresSince', '<', dayAgo), of(isKnown ? 'knownFailures' : 'failures', '<', most)]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The code was right. */
export async function returnCodeAttempt(db: Db, userId: string, isKnown: boolean): Promise<void> {
  const column = isKnown ? 'knownFailures' : 'failures'
  await db
    .updateTable('oneTimePasswords')
    .set({ [column]: sql<number>`${sql.ref(isKnown ? 'known_failures' : 'failures')} - 1` })
    .where('userId', '=', userId)
    .where(column, '>', 0)
    .execute()
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
