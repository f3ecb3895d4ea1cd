/**
 * Links identity providers to users, teams and accounts, as Scalr's API does. They do not sign anyone in: sign-in is in
 * `authority/sign-in/`.
 */
import { identityProviders } from '@mintmark/contract'
import { columnsOf, resourceView } from '../../database/views/resource-view.ts'

export const builtInProviderId = 'idp-v0o00000000000000'

export const identityProviderView = resourceView(identityProviders, {
  from: 'identity_providers t',
  columns: columnsOf('identityProviders', 'id', 'accountId', 'name', 'idpType', 'verificationStatus', 'createdAt'),
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  shared: true,
  complete: (_, rows) => rows,
  paths: ({ accountId }) => (accountId ? [{ account: accountId }] : []),
  // Everyone may read the built-in provider: every team refers to it.
  own: ({ accountId }) => (accountId === null ? 'read' : undefined),
})
