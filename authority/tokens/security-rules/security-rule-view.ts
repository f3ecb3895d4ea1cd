import { securityRules } from '@mintmark/contract'
import { booleanColumns, columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type SecurityRuleRecord = RecordIn<typeof securityRuleView>

export const securityRuleView = resourceView(securityRules, {
  from: 'security_rules t',
  columns: columnsOf(
    'securityRules',
    'id',
    'accountId',
    'enforceAgentPool',
    'maxPersonalTokenLifetime',
    'maxServiceAccountTokenLifetime',
    'requireOwnersForServiceAccounts',
  ),
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  order: ['t.id'],
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, ...booleanColumns(row, 'enforceAgentPool', 'requireOwnersForServiceAccounts') })),
  paths: (record) => [pathOf(record)],
})
