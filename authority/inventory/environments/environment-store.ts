import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export async function insertEnvironment(db: Db, row: Tables['environments']): Promise<void> {
  await db.insertInto('environments').values(row).execute()
}

export async function updateEnvironment(db: Db, id: string, change: Partial<Tables['environments']>): Promise<void> {
  await db.updateTable('environments').set(change).where('id', '=', id).execute()
}

export async function deleteEnvironment(db: Db, id: string): Promise<void> {
  await db.deleteFrom('environments').where('id', '=', id).execute()
}
