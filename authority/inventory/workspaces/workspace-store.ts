import type { Db } from '../../database/database.ts'
import type { Tables } from '../../database/schema/tables.ts'

export async function insertWorkspace(db: Db, row: Tables['workspaces']): Promise<void> {
  await db.insertInto('workspaces').values(row).execute()
}

export async function updateWorkspace(db: Db, id: string, change: Partial<Tables['workspaces']>): Promise<void> {
  await db.updateTable('workspaces').set(change).where('id', '=', id).execute()
}

export async function deleteWorkspace(db: Db, id: string): Promise<void> {
  await db.deleteFrom('workspaces').where('id', '=', id).execute()
}

export function findEnvironment(db: Db, id: string) {
  return db
    .selectFrom('environments')
    .select(['accountId', 'settings', 'defaultWorkspaceAgentPoolId'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}
