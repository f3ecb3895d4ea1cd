import { accessPolicies } from '@mintmark/contract'
import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare } from '../../database/views/filter-sql.ts'
import { booleanColumns, columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type AccessPolicyRecord = RecordIn<typeof accessPolicyView>

export const accessPolicyView = resourceView(accessPolicies, {
  from: 'access_policies t',
  columns: columnsOf(
    'accessPolicies',
    'id',
    'accountId',
    'environmentId',
    'workspaceId',
    'userId',
    'teamId',
    'serviceAccountId',
    'isSystem',
    'createdAt',
  ),
  filters: {
    accessPolicy: 't.id',
    account: (filter) => sql`(t.environment_id is null and ${compare(sql.raw('t.account_id'), filter)})`,
    environment: (filter) => sql`(t.workspace_id is null and ${compare(sql.raw('t.environment_id'), filter)})`,
    workspace: 't.workspace_id',
    withinAccount: 't.account_id',
    user: 't.user_id',
    team: 't.team_id',
    serviceAccount: 't.service_account_id',
    role: (filter) =>
      sql`exists (select 1 from access_policy_roles m where m.access_policy_id = t.id and ${compare(sql.raw('m.role_id'), filter)})`,
  },
  search: ['t.id'],
  sorts: { isSystem: 't.is_system' },
  scope: { account: 't.account_id', environment: 't.environment_id', workspace: 't.workspace_id' },
  complete: async (db, rows) => {
    const roles = await membersOf(db, 'access_policy_roles', 'access_policy_id', 'role_id', rows)
    // On the wire a policy has only its own scope, not the enclosing ones.
    return rows.map((row) => ({
      ...row,
      ...booleanColumns(row, 'isSystem'),
      roles: roles(row.id),
      path: pathOf(row),
      accountId: row.environmentId ? null : row.accountId,
      environmentId: row.workspaceId ? null : row.environmentId,
    }))
  },
  paths: ({ path }) => [path],
  aspect: ({ path: { environment, workspace } }) => (workspace ? 'workspace' : environment ? 'environment' : 'account'),
})
