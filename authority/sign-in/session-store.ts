import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type SessionRow = Tables['sessions']

/** Those that ended long ago go with it. */
export async function insertSession(db: Db, row: SessionRow, longAgo: string): Promise<void> {
  await db.deleteFrom('sessions').where('expiresAt', '<', longAgo).execute()
  await db.insertInto('sessions').values(row).execute()
}

export function findSessionByHash(db: Db, hash: Uint8Array): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('hash', '=', hash).where('endedAt', 'is', null).executeTakeFirst()
}

export function findSessionsOf(db: Db, userId: string, seenAfter: string, now: string): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('seenAt', '>', seenAfter)
    .where('expiresAt', '>', now)
    .orderBy('seenAt', 'desc')
    .limit(100)
    .execute()
}

export async function updateSession(db: Db, id: string, change: Partial<SessionRow>): Promise<void> {
  await db.updateTable('sessions').set(change).where('id', '=', id).execute()
}

/** All of a person but one; how many that were. */
export async function endSessionsIn(db: Db, userId: string, but: string | null, endedAt: string): Promise<number> {
  const ended = await db
    .updateTable('sessions')
    .set({ endedAt })
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('id', '<>', but ?? '')
    .executeTakeFirst()
  return Number(ended.numUpdatedRows)
}
