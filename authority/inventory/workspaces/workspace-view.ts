import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare, pathOf, type ResourceView, type StoredRecord, type Viewer } from '../../database/resource-view.ts'
import { favoritesOf } from '../favorites/favorite-view.ts'

const actions = ['read', 'update', 'delete', 'lock', 'set-schedule'] as const

export const workspaceShelf: ResourceView = {
  type: 'workspaces',
  from: 'workspaces t',
  filters: {
    workspace: 't.id',
    account: 't.account_id',
    environment: 't.environment_id',
    name: 't.name',
    agentPool: 't.agent_pool_id',
    tag: (filter) =>
      sql`exists (select 1 from workspace_tags w where w.workspace_id = t.id and ${compare(sql.raw('w.tag_id'), filter)})`,
  },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name', createdAt: 't.created_at', updatedAt: 't.updated_at', environment: 't.environment_id' },
  scope: { account: 't.account_id', environment: 't.environment_id', workspace: 't.id' },
  complete: async (db, rows, viewer) => {
    const tags = await membersOf(db, 'workspace_tags', 'workspace_id', 'tag_id', rows)
    const consumers = await membersOf(db, 'remote_state_consumers', 'workspace_id', 'consumer_id', rows)
    const favorites = await favoritesOf(db, viewer.id, rows)
    return rows.map((row) => ({
      ...row,
      ...(JSON.parse(row.settings as string) as Record<string, unknown>),
      locked: row.lockedAt !== null,
      hasResources: false,
      favorite: favorites.has(row.id),
      permissions: permissionsHere(row, viewer),
      tags: tags(row.id),
      remoteStateConsumers: consumers(row.id),
    }))
  },
  paths: (record) => [
    { account: record.accountId as string, environment: record.environmentId as string, workspace: record.id },
  ],
}

function permissionsHere(row: StoredRecord, viewer: Viewer): Record<string, boolean> {
  const path = { ...pathOf(row), workspace: row.id }
  return Object.fromEntries(actions.map((action) => [`can-${action}`, viewer.may(`workspaces:${action}`, path)]))
}
