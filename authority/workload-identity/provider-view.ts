import { membersOf } from '../database/members.ts'
import type { ResourceView } from '../database/resource-view.ts'

export const workloadIdentityProviderShelf: ResourceView = {
  type: 'workload-identity-providers',
  from: 'workload_identity_providers t',
  filters: { workloadIdentityProvider: 't.id', name: 't.name', url: 't.url' },
  search: ['t.id', 't.name', 't.url'],
  sorts: { name: 't.name', url: 't.url', createdAt: 't.created_at', status: 't.status' },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const policies = await membersOf(db, 'assume_policies', 'provider_id', 'id', rows)
    return rows.map((row) => ({
      ...row,
      allowedAudiences: JSON.parse(row.allowedAudiences as string),
      assumeServiceAccountPolicies: policies(row.id),
    }))
  },
  paths: (record) => [{ account: record.accountId as string }],
}

export const assumePolicyShelf: ResourceView = {
  type: 'assume-service-account-policies',
  from: 'assume_policies t',
  filters: {
    assumeServiceAccountPolicy: 't.id',
    serviceAccount: 't.service_account_id',
    workloadIdentityProvider: 't.provider_id',
    name: 't.name',
  },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name', createdAt: 't.created_at' },
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows.map((row) => ({ ...row, claimConditions: JSON.parse(row.claimConditions as string) })),
  paths: (record) => [{ account: record.accountId as string }],
}
