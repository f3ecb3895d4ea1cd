import { membersOf } from '../../database/members.ts'
import type { ResourceView } from '../../database/resource-view.ts'

export const serviceAccountShelf: ResourceView = {
  type: 'service-accounts',
  from: 'service_accounts t',
  filters: { account: 't.account_id', email: 't.email', serviceAccount: 't.id', name: 't.name', status: 't.status' },
  search: ['t.id', 't.name', 't.email', 't.description'],
  sorts: {
    description: 't.description',
    email: 't.email',
    name: 't.name',
    status: 't.status',
    createdAt: 't.created_at',
  },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const owners = await membersOf(db, 'service_account_owners', 'service_account_id', 'team_id', rows)
    return rows.map((row) => ({ ...row, owners: owners(row.id) }))
  },
  paths: (record) => [{ account: record.accountId as string }],
}
