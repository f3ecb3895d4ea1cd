import type { ResourceView } from '../../database/resource-view.ts'

export const builtInProviderId = 'idp-v0o00000000000000'

export const identityProviderShelf: ResourceView = {
  type: 'identity-providers',
  from: 'identity_providers t',
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  shared: true,
  complete: (_, rows) => rows,
  paths: (record) => (record.accountId ? [{ account: record.accountId as string }] : []),
  // Everyone may read the built-in provider: every team refers to it.
  own: (record) => (record.accountId === null ? 'read' : undefined),
}
