import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export type LinkRow = Tables['oneTimeLinks']

/** Inserts a link and deletes the person's unused links from the same account. */
export async function replaceLinks(db: Db, row: LinkRow): Promise<void> {
  const { userId, accountId } = row
  await db
    .deleteFrom('oneTimeLinks')
    .where('userId', '=', userId)
    .where('accountId', accountId === null ? 'is' : '=', accountId)
    .where('usedAt', 'is', null)
    .execute()
  await db.insertInto('oneTimeLinks').values(row).execute()
}

/** Deletes a person's unused links. */
export async function deleteOpenLinks(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('oneTimeLinks').where('userId', '=', userId).where('usedAt', 'is', null).execute()
}

export function findLiveLink(db: Db, hash: Uint8Array, now: string): Promise<LinkRow | undefined> {
  return db
    .selectFrom('oneTimeLinks')
    .selectAll()
    .where('hash', '=', hash)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst()
}

export function findOpenLink(db: Db, id: string, now: string): Promise<LinkRow | undefined> {
  return db
    .selectFrom('oneTimeLinks')
    .selectAll()
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst()
}

/** Returns false if the link was already used. */
export async function markLinkUsed(db: Db, id: string, usedAt: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oneTimeLinks')
    .set({ usedAt })
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function firstOwnerId(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('accounts')
    .select('ownerId')
    .where('ownerId', 'is not', null)
    .orderBy('createdAt')
    .executeTakeFirst()
  return row?.ownerId ?? undefined
}
