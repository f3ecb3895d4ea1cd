import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const workspaceTagMembers = membersIn('workspaceTags', 'workspaceId', 'tagId')
export const remoteStateMembers = membersIn('remoteStateConsumers', 'workspaceId', 'consumerId')

export const isWorkspaceNameTaken = nameCheck('workspaces', 'environmentId')

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
