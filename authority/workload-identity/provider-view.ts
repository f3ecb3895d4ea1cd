import { assumePolicies, workloadIdentityProviders } from '@mintmark/contract'
import { membersOf } from '../database/members.ts'
import { columnsOf, pathOf, type RecordIn, resourceView } from '../database/views/resource-view.ts'

export type ProviderRecord = RecordIn<typeof workloadIdentityProviderView>

export const workloadIdentityProviderView = resourceView(workloadIdentityProviders, {
  from: 'workload_identity_providers t',
  columns: columnsOf(
    'workloadIdentityProviders',
    'id',
    'accountId',
    'name',
    'url',
    'allowedAudiences',
    'status',
    'createdAt',
    'createdByEmail',
  ),
  filters: { workloadIdentityProvider: 't.id', name: 't.name', url: 't.url' },
  search: ['t.id', 't.name', 't.url'],
  sorts: { name: 't.name', url: 't.url', createdAt: 't.created_at', status: 't.status' },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const policies = await membersOf(db, 'assume_policies', 'provider_id', 'id', rows)
    return rows.map((row) => ({
      ...row,
      allowedAudiences: JSON.parse(row.allowedAudiences) as string[],
      assumeServiceAccountPolicies: policies(row.id),
    }))
  },
  paths: (record) => [pathOf(record)],
})

export type AssumePolicyRecord = RecordIn<typeof assumePolicyView>

export const assumePolicyView = resourceView(assumePolicies, {
  from: 'assume_policies t',
  columns: columnsOf(
    'assumePolicies',
    'id',
    'accountId',
    'serviceAccountId',
    'providerId',
    'name',
    'claimConditions',
    'maximumSessionDuration',
    'createdAt',
    'createdByEmail',
  ),
  filters: {
    assumeServiceAccountPolicy: 't.id',
    serviceAccount: 't.service_account_id',
    workloadIdentityProvider: 't.provider_id',
    name: 't.name',
  },
  search: ['t.id', 't.name'],
  sorts: { name: 't.name', createdAt: 't.created_at' },
  scope: { account: 't.account_id' },
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, claimConditions: JSON.parse(row.claimConditions) as readonly object[] })),
  paths: (record) => [pathOf(record)],
})
