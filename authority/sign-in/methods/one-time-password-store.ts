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

/** Returns false if a code of this time step or a later one was already used. */
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
  readonly limit: number
}

/**
 * Counts a code as wrong before it is checked, so that concurrent guesses cannot exceed the limit. Counts in the database, so
 * that the limit holds across restarts and nodes. Returns false if the limit is reached.
 */
export async function reserveCodeAttempt(
  db: Db,
  userId: string,
  { isKnown, now, dayAgo, limit }: CodeAttempt,
): Promise<boolean> {
  const [unknown, known] = isKnown ? [0, 1] : [1, 0]
  const { numUpdatedRows } = await db
    .updateTable('oneTimePasswords')
    .set({
      failures: sql<number>`case when failures_since < ${dayAgo} then 0 else failures end + ${unknown}`,
      knownFailures: sql<number>`case when failures_since < ${dayAgo} then 0 else known_failures end + ${known}`,
      failuresSince: sql<string>`case when failures_since < ${dayAgo} then ${now} else failures_since end`,
    })
    .where('userId', '=', userId)
    .where((where) =>
      where.or([where('failuresSince', '<', dayAgo), where(isKnown ? 'knownFailures' : 'failures', '<', limit)]),
    )
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Takes a correct code off the count. */
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

/** Deletes a recovery code. Returns false if there was none. */
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
