import { booleanColumns, type ResourceView } from '../../database/resource-view.ts'

export const securityRuleShelf: ResourceView = {
  type: 'security-rules',
  from: 'security_rules t',
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  order: 't.id',
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, ...booleanColumns(row, 'enforceAgentPool', 'requireOwnersForServiceAccounts') })),
  paths: (record) => [{ account: record.accountId as string }],
}
