import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export async function insertProviderConfiguration(db: Db, row: Tables['providerConfigurations']): Promise<void> {
  await db.insertInto('providerConfigurations').values(row).execute()
}

export async function deleteProviderConfiguration(db: Db, id: string): Promise<void> {
  await db.deleteFrom('providerConfigurations').where('id', '=', id).execute()
}
