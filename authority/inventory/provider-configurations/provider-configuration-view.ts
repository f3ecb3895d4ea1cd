import { providerConfigurationLinks, providerConfigurations } from '@mintmark/contract'
import { columnsOf, fixedView, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type ProviderConfigurationRecord = RecordIn<typeof providerConfigurationView>

export const providerConfigurationView = resourceView(providerConfigurations, {
  from: 'provider_configurations t',
  columns: columnsOf('providerConfigurations', 'id', 'accountId', 'name', 'providerName', 'createdAt'),
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  complete: (_, rows) => rows,
  paths: (record) => [pathOf(record)],
})

/** Always empty: Mintmark links no provider configurations. */
export const providerConfigurationLinkView = fixedView(providerConfigurationLinks, [])
