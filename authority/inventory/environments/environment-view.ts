import { environments } from '@mintmark/contract'
import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare } from '../../database/views/filter-sql.ts'
import {
  booleanColumns,
  columnsOf,
  type Path,
  type RecordIn,
  resourceView,
  type Viewer,
} from '../../database/views/resource-view.ts'
import { findFavorites } from '../favorites/favorite-store.ts'
import type { EnvironmentSettings } from './environment-settings.ts'

const actions = ['read', 'update', 'delete'] as const

export type EnvironmentRecord = RecordIn<typeof environmentView>

export const environmentView = resourceView(environments, {
  from: 'environments t',
  columns: columnsOf(
    'environments',
    'id',
    'accountId',
    'name',
    'status',
    'isFederatedToAccount',
    'defaultWorkspaceAgentPoolId',
    'settings',
    'lockedAt',
    'lockReason',
    'lockedById',
    'createdAt',
    'createdById',
    'createdByEmail',
    'updatedAt',
    'updatedById',
  ),
  filters: {
    environment: 't.id',
    account: 't.account_id',
    name: 't.name',
    tag: (filter) =>
      sql`exists (select 1 from environment_tags e where e.environment_id = t.id and ${compare(sql.raw('e.tag_id'), filter)})`,
    // Mintmark executes no runs, so no environment matches.
    latestRunDate: () => sql`1 = 0`,
  },
  search: ['t.id', 't.name'],
  sorts: {
    account: 't.account_id',
    createdAt: 't.created_at',
    createdByEmail: 't.created_by_email',
    name: 't.name',
    updatedAt: 't.updated_at',
  },
  scope: { account: 't.account_id', environment: 't.id' },
  complete: async (db, rows, viewer) => {
    const tags = await membersOf(db, 'environment_tags', 'environment_id', 'tag_id', rows)
    const consumers = await membersOf(db, 'federated_environments', 'environment_id', 'consumer_id', rows)
    const providers = await membersOf(
      db,
      'environment_provider_configurations',
      'environment_id',
      'provider_configuration_id',
      rows,
    )
    const favorites = await findFavorites(db, viewer.id, rows)
    return rows.map((row) => ({
      ...row,
      ...(JSON.parse(row.settings) as EnvironmentSettings),
      ...booleanColumns(row, 'isFederatedToAccount'),
      locked: row.lockedAt !== null,
      favorite: favorites.has(row.id),
      permissions: permissionsAt({ account: row.accountId, environment: row.id }, viewer),
      tags: tags(row.id),
      federatedEnvironments: consumers(row.id),
      defaultProviderConfigurations: providers(row.id),
    }))
  },
  paths: (record) => [{ account: record.accountId, environment: record.id }],
})

function permissionsAt(path: Path, viewer: Viewer): Record<string, boolean> {
  const own = actions.map((action) => [`can-${action}`, viewer.may(`environments:${action}`, path)])
  return Object.fromEntries([...own, ['can-create-workspace', viewer.may('workspaces:create', path)]])
}
