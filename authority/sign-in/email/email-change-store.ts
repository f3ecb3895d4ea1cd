import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

type EmailChangeRow = Tables['emailChanges']

/** Replaces an earlier request of the user. */
export async function replaceEmailChange(db: Db, row: EmailChangeRow): Promise<void> {
  await db.deleteFrom('emailChanges').where('userId', '=', row.userId).execute()
  await db.insertInto('emailChanges').values(row).execute()
}

/** Deletes the user's request and returns its address. Undefined if the code does not match or has expired. */
export async function takeEmailChange(
  db: Db,
  { userId, hash, now }: { readonly userId: string; readonly hash: Uint8Array; readonly now: string },
): Promise<string | undefined> {
  const row = await db
    .deleteFrom('emailChanges')
    .where('userId', '=', userId)
    .where('hash', '=', hash)
    .where('expiresAt', '>', now)
    .returning('email')
    .executeTakeFirst()
  return row?.email
}
