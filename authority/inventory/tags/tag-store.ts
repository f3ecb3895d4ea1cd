import type { Db } from '../../database/database.ts'
import { nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const isTagNameTaken = nameCheck('tags', 'accountId')

export async function insertTag(db: Db, row: Tables['tags']): Promise<void> {
  await db.insertInto('tags').values(row).execute()
}

export async function renameTag(db: Db, id: string, name: string): Promise<void> {
  await db.updateTable('tags').set({ name }).where('id', '=', id).execute()
}

export async function deleteTag(db: Db, id: string): Promise<void> {
  await db.deleteFrom('tags').where('id', '=', id).execute()
}

export async function tagsOfAccount(db: Db, accountId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const rows = await db
    .selectFrom('tags')
    .select('id')
    .where('accountId', '=', accountId)
    .where('id', 'in', ids)
    .execute()
  return rows.length
}
