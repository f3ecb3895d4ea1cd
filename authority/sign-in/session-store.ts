import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type SessionRow = Tables['sessions']

/** Also deletes sessions that expired before `purgeBefore`. */
export async function insertSession(db: Db, row: SessionRow, purgeBefore: string): Promise<void> {
  await db.deleteFrom('sessions').where('expiresAt', '<', purgeBefore).execute()
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

/** Ends all sessions of a person except `exceptId`. Returns how many it ended. */
export async function endOtherSessions(
  db: Db,
  userId: string,
  exceptId: string | null,
  endedAt: string,
): Promise<number> {
  const ended = await db
    .updateTable('sessions')
    .set({ endedAt })
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('id', '<>', exceptId ?? '')
    .executeTakeFirst()
  return Number(ended.numUpdatedRows)
}
