import { accessPolicies } from '@mintmark/contract'
import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare } from '../../database/views/filter-sql.ts'
import { booleanColumns, columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type AccessPolicyRecord = RecordIn<typeof accessPolicyView>

/** As the console and the CLI show it. */
const subjectName = `coalesce(
  (select coalesce(nullif(u.full_name, ''), u.email) from users u where u.id = t.user_id),
  (select m.name from teams m where m.id = t.team_id),
  (select s.name from service_accounts s where s.id = t.service_account_id))`

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
    // Policies of the enclosing scopes apply too.
    appliesTo: ({ values }) => {
      const given = sql`(${sql.join(values.length > 0 ? values : [null])})`
      const workspaces = (column: string) => sql`select ${sql.raw(column)} from workspaces w where w.id in ${given}`
      return [
        sql`t.workspace_id in ${given}`,
        sql`(t.workspace_id is null and (t.environment_id in ${given} or t.environment_id in (${workspaces('w.environment_id')})))`,
        sql`(t.environment_id is null and t.account_id in (
          select e.account_id from environments e where e.id in ${given} union all ${workspaces('w.account_id')}))`,
      ]
    },
  },
  search: ['t.id'],
  sorts: { isSystem: 't.is_system', subjectName },
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
