import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

export function findDataKey(db: Db, accountId: string | null) {
  return db
    .selectFrom('dataKeys')
    .selectAll()
    .where('accountId', accountId === null ? 'is' : '=', accountId)
    .executeTakeFirst()
}

export async function insertDataKey(db: Db, row: Tables['dataKeys']): Promise<void> {
  await db.insertInto('dataKeys').values(row).execute()
}
