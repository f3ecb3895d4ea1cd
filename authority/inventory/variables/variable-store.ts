import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export async function insertVariable(db: Db, row: Tables['variables']): Promise<void> {
  await db.insertInto('variables').values(row).execute()
}

export async function updateVariable(db: Db, id: string, change: Partial<Tables['variables']>): Promise<void> {
  await db.updateTable('variables').set(change).where('id', '=', id).execute()
}

export async function deleteVariable(db: Db, id: string): Promise<void> {
  await db.deleteFrom('variables').where('id', '=', id).execute()
}

/** The stored value. Must not appear in a response. */
export async function storedValue(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('variables').select('value').where('id', '=', id).executeTakeFirstOrThrow()
  return row.value
}

/** All variables with a key in an account, in any scope. */
export function variablesOfKey(db: Db, accountId: string, key: string) {
  return db
    .selectFrom('variables')
    .select(['id', 'category', 'environmentId', 'workspaceId', 'final'])
    .where('accountId', '=', accountId)
    .where('key', '=', key)
    .execute()
}
