/** Up to when users and service accounts have read their notifications. */
import type { Db } from '../database/database.ts'

/** Returns the time; empty if the reader never marked notifications as read. */
export async function findReadUntil(db: Db, readerId: string): Promise<string> {
  const row = await db
    .selectFrom('notificationReaders')
    .select('readUntil')
    .where('readerId', '=', readerId)
    .executeTakeFirst()
  return row?.readUntil ?? ''
}

/** Marks notifications up to this time as read. An earlier time than before changes nothing. */
export async function markReadUntil(db: Db, readerId: string, readUntil: string): Promise<void> {
  await db
    .insertInto('notificationReaders')
    .values({ readerId, readUntil })
    .onConflict((conflict) =>
      conflict.column('readerId').doUpdateSet({ readUntil }).where('notificationReaders.readUntil', '<', readUntil),
    )
    .execute()
}

/** Deletes times before which no notification is kept. */
export async function deleteReaders(db: Db, before: string, rowsMax: number): Promise<number> {
  const old = db.selectFrom('notificationReaders').select('readerId').where('readUntil', '<', before).limit(rowsMax)
  const { numDeletedRows } = await db
    .deleteFrom('notificationReaders')
    .where('readerId', 'in', old)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
