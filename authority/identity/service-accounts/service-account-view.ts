import { serviceAccounts } from '@mintmark/contract'
import { sql } from 'kysely'
import { membersOf } from '../../database/members.ts'
import { compare } from '../../database/views/filter-sql.ts'
import { columnsOf, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

export type ServiceAccountRecord = RecordIn<typeof serviceAccountView>

const hasAny = (table: string) =>
  `(case when exists (select 1 from ${table} x where x.service_account_id = t.id) then 1 else 0 end)`

export const serviceAccountView = resourceView(serviceAccounts, {
  from: 'service_accounts t',
  columns: columnsOf(
    'serviceAccounts',
    'id',
    'accountId',
    'name',
    'description',
    'email',
    'status',
    'createdById',
    'createdAt',
  ),
  filters: {
    account: 't.account_id',
    email: 't.email',
    serviceAccount: 't.id',
    name: 't.name',
    status: 't.status',
    hasAccessPolicies: { flag: hasAny('access_policies') },
    hasOwners: { flag: hasAny('service_account_owners') },
    owner: (filter) =>
      sql`t.id in (select o.service_account_id from service_account_owners o where ${compare(sql.raw('o.team_id'), filter)})`,
  },
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
  paths: (record) => [pathOf(record)],
})
