import { sql } from 'kysely'
import type { ResourceView } from '../../database/resource-view.ts'

export const providerConfigurationShelf: ResourceView = {
  type: 'provider-configurations',
  from: 'provider_configurations t',
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows,
  paths: (record) => [{ account: record.accountId as string }],
}

/** Always empty: Mintmark links no provider configurations. */
export const providerConfigurationLinkShelf: ResourceView = {
  type: 'provider-configuration-links',
  fixed: new Map(),
  from: '',
  filters: {},
  search: [],
  sorts: {},
  scope: () => sql`1 = 0`,
  complete: (_, rows) => rows,
  paths: () => [],
}
