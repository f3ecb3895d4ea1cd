import { accounts } from '@mintmark/contract'
import { membersOf } from '../../database/members.ts'
import { booleanColumns, columnsOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

/** Mintmark has no quotas. Clients expect these attributes to be present. */
const quotas = {
  agents: 1_000_000,
  environments: 1_000_000,
  'max-concurrent-runs': 1_000_000,
  'policy-groups': 1_000_000,
  'registry-modules': 1_000_000,
  'registry-templates': 1_000_000,
  'run-triggers': 1_000_000,
  users: 1_000_000,
  'vcs-providers': 1_000_000,
  workspaces: 1_000_000,
  'agent-relay-available': false,
  'before-after-hooks-available': true,
  'policy-group-checks-available': false,
  'service-accounts-available': true,
  'sso-available': false,
}

export type AccountRecord = RecordIn<typeof accountView>

export const accountView = resourceView(accounts, {
  from: 'accounts t',
  columns: columnsOf(
    'accounts',
    'id',
    'name',
    'ownerId',
    'identityProviderId',
    'allowedIps',
    'allowedIpv6',
    'supportAccessEnabled',
    'requireSecondFactor',
    'createdAt',
    'lastLoginAttemptAt',
    'loginAttempts',
  ),
  filters: { account: 't.id', name: 't.name' },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name', createdAt: 't.created_at' },
  scope: { account: 't.id' },
  complete: async (db, rows) => {
    const bypass = await membersOf(db, 'sso_bypass_users', 'account_id', 'user_id', rows)
    return rows.map((row) => ({
      ...row,
      ...booleanColumns(row, 'supportAccessEnabled', 'requireSecondFactor'),
      allowedIps: JSON.parse(row.allowedIps) as string[],
      allowedIpv6: JSON.parse(row.allowedIpv6) as string[],
      quotas,
      ssoBypassUsers: bypass(row.id),
    }))
  },
  paths: (record) => [{ account: record.id }],
})
