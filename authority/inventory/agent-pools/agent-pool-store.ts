import type { Db } from '../../database/database.ts'
import { membersIn, nameCheck } from '../../database/members.ts'
import type { Tables } from '../../database/schema/tables.ts'

export const agentPoolEnvironments = membersIn('agentPoolEnvironments', 'agentPoolId', 'environmentId')

export const isAgentPoolNameTaken = nameCheck('agentPools', 'accountId', 'environmentId')

export async function insertAgentPool(db: Db, row: Tables['agentPools']): Promise<void> {
  await db.insertInto('agentPools').values(row).execute()
}

export async function updateAgentPool(db: Db, id: string, change: Partial<Tables['agentPools']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('agentPools').set(change).where('id', '=', id).execute()
}

export async function deleteAgentPool(db: Db, id: string): Promise<void> {
  await setPoolWorkspaces(db, id, [])
  await db
    .updateTable('environments')
    .set({ defaultWorkspaceAgentPoolId: null })
    .where('defaultWorkspaceAgentPoolId', '=', id)
    .execute()
  await db.deleteFrom('agentPools').where('id', '=', id).execute()
}

/** Replaces the workspaces that use a pool. */
export async function setPoolWorkspaces(db: Db, poolId: string, workspaces: readonly string[]): Promise<void> {
  await db.updateTable('workspaces').set({ agentPoolId: null }).where('agentPoolId', '=', poolId).execute()
  if (workspaces.length > 0)
    await db.updateTable('workspaces').set({ agentPoolId: poolId }).where('id', 'in', workspaces).execute()
}

export async function accountOfPool(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('agentPools').select('accountId').where('id', '=', id).executeTakeFirst())?.accountId
}

export async function findWebhookSecrets(db: Db, id: string): Promise<Uint8Array | null> {
  return (
    (await db.selectFrom('agentPools').select('webhookSecrets').where('id', '=', id).executeTakeFirst())
      ?.webhookSecrets ?? null
  )
}
