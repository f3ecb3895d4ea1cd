import { flags, type Shelf } from '../database/shelf.ts'

export const securityRuleShelf: Shelf = {
  type: 'security-rules',
  from: 'security_rules t',
  filters: {},
  search: [],
  sorts: {},
  scope: { account: 't.account_id' },
  order: 't.id',
  complete: (_, rows) =>
    rows.map((row) => ({ ...row, ...flags(row, 'enforceAgentPool', 'requireOwnersForServiceAccounts') })),
  paths: (record) => [{ account: record.accountId as string }],
}
