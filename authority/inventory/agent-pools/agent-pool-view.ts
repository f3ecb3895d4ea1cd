import { agentPools } from '@mintmark/contract'
import { membersOf } from '../../database/members.ts'
import { booleanColumns, columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type AgentPoolRecord = RecordIn<typeof agentPoolView>

export const agentPoolView = resourceView(agentPools, {
  from: 'agent_pools t',
  columns: columnsOf(
    'agentPools',
    'id',
    'accountId',
    'environmentId',
    'name',
    'vcsEnabled',
    'isDefault',
    'isShared',
    'webhookEnabled',
    'webhookUrl',
    'webhookHeaders',
    'createdAt',
  ),
  filters: {
    account: 't.account_id',
    environment: 't.environment_id',
    name: 't.name',
    agentPool: 't.id',
    vcsEnabled: { flag: 't.vcs_enabled' },
  },
  search: ['t.id', 't.name'],
  sorts: { account: 't.account_id', environment: 't.environment_id', name: 't.name' },
  scope: { account: 't.account_id', environment: 't.environment_id' },
  complete: async (db, rows) => {
    const environments = await membersOf(db, 'agent_pool_environments', 'agent_pool_id', 'environment_id', rows)
    const workspaces = await membersOf(db, 'workspaces', 'agent_pool_id', 'id', rows)
    const defaults = await membersOf(db, 'environments', 'default_workspace_agent_pool_id', 'id', rows)
    return rows.map((row) => ({
      ...row,
      ...booleanColumns(row, 'vcsEnabled', 'isShared', 'webhookEnabled'),
      default: row.isDefault === 1,
      isScalrManaged: false,
      inUse: workspaces(row.id).length > 0 || defaults(row.id).length > 0,
      features: [],
      webhookHeaders: row.webhookHeaders === null ? null : (JSON.parse(row.webhookHeaders) as object[]),
      environments: environments(row.id),
      workspaces: workspaces(row.id),
      defaultEnvironments: defaults(row.id),
    }))
  },
  paths: ({ accountId, environmentId }) => [pathOf({ accountId, environmentId })],
})
