import { teams } from '@mintmark/contract'
import { membersOf } from '../../database/members.ts'
import { columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type TeamRecord = RecordIn<typeof teamView>

export const teamView = resourceView(teams, {
  from: 'teams t',
  columns: columnsOf('teams', 'id', 'accountId', 'identityProviderId', 'name', 'description', 'createdAt'),
  filters: { team: 't.id', name: 't.name', account: 't.account_id', identityProvider: 't.identity_provider_id' },
  search: ['t.id', 't.name', 't.description'],
  sorts: { name: 't.name', identityProvider: 't.identity_provider_id' },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const users = await membersOf(db, 'team_users', 'team_id', 'user_id', rows)
    return rows.map((row) => ({ ...row, users: users(row.id) }))
  },
  paths: (record) => [pathOf(record)],
})
