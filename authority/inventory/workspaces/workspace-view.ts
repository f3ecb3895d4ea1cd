import { workspaces } from '@mintmark/contract'
import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare } from '../../database/views/filter-sql.ts'
import { columnsOf, type Path, type RecordIn, resourceView, type Viewer } from '../../database/views/resource-view.ts'
import { findFavorites } from '../favorites/favorite-store.ts'
import type { WorkspaceSettings } from './workspace-settings.ts'

const actions = ['read', 'update', 'delete', 'lock', 'set-schedule'] as const

export type WorkspaceRecord = RecordIn<typeof workspaceView>

export const workspaceView = resourceView(workspaces, {
  from: 'workspaces t',
  columns: columnsOf(
    'workspaces',
    'id',
    'accountId',
    'environmentId',
    'name',
    'agentPoolId',
    'settings',
    'applySchedule',
    'destroySchedule',
    'lockedAt',
    'lockReason',
    'lockedById',
    'createdAt',
    'createdById',
    'updatedAt',
    'updatedById',
    'updatedByEmail',
  ),
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
    const favorites = await findFavorites(db, viewer.id, rows)
    return rows.map((row) => ({
      ...row,
      ...(JSON.parse(row.settings) as WorkspaceSettings),
      locked: row.lockedAt !== null,
      hasResources: false,
      autoDestroyStatus: null,
      autoDestroyTime: null,
      deletionProtectionChangedByEmail: null,
      favorite: favorites.has(row.id),
      permissions: permissionsAt(pathOfWorkspace(row), viewer),
      tags: tags(row.id),
      remoteStateConsumers: consumers(row.id),
    }))
  },
  paths: (record) => [pathOfWorkspace(record)],
})

const pathOfWorkspace = (row: { id: string; accountId: string; environmentId: string }): Path => ({
  account: row.accountId,
  environment: row.environmentId,
  workspace: row.id,
})

function permissionsAt(path: Path, viewer: Viewer): Record<string, boolean> {
  return Object.fromEntries(actions.map((action) => [`can-${action}`, viewer.may(`workspaces:${action}`, path)]))
}
