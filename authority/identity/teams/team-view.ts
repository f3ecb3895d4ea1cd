import { membersOf } from '../../database/members.ts'
import type { ResourceView } from '../../database/resource-view.ts'

export const teamShelf: ResourceView = {
  type: 'teams',
  from: 'teams t',
  filters: { team: 't.id', name: 't.name', account: 't.account_id', identityProvider: 't.identity_provider_id' },
  search: ['t.id', 't.name', 't.description'],
  sorts: { name: 't.name', identityProvider: 't.identity_provider_id' },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const users = await membersOf(db, 'team_users', 'team_id', 'user_id', rows)
    return rows.map((row) => ({ ...row, users: users(row.id) }))
  },
  paths: (record) => [{ account: record.accountId as string }],
}
