import { accountUsers, users } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../../database/database.ts'
import { emailKey } from '../../database/email-key.ts'
import { membersOf } from '../../database/members.ts'
import { anyOf, compare } from '../../database/views/filter-sql.ts'
import { columnsOf, type Listing, pathOf, type RecordIn, resourceView } from '../../database/views/resource-view.ts'

const memberOf = (accounts: readonly string[]) => anyOf('m.account_id', accounts)

/** Matches users who are members of, or invited to, an account that meets the condition. */
const belongsTo = (isMeant: (account: string) => RawBuilder<unknown>) =>
  sql<SqlBool>`(exists (select 1 from account_users m where m.user_id = t.id and ${isMeant('m.account_id')})
    or exists (select 1 from account_invitations i where i.user_id = t.id and ${isMeant('i.account_id')}))`

export type UserRecord = RecordIn<typeof userView>

/** Users are visible to themselves and to callers who may read the users of one of their accounts. */
export const userView = resourceView(users, {
  from: 'users t',
  columns: columnsOf(
    'users',
    'id',
    'email',
    'username',
    'fullName',
    'status',
    'homeAccountId',
    'createdAt',
    'lastLoginAt',
  ),
  filters: {
    user: 't.id',
    email: ({ operator, values }) =>
      compare(sql.raw('t.email_key'), {
        name: 'email',
        operator,
        values: values.map((each) => each && emailKey(each)),
      }),
    status: 't.status',
    account: (filter) => belongsTo((account) => compare(sql.raw(account), filter)),
    identityProvider: (filter) =>
      sql`exists (select 1 from user_identity_providers i where i.user_id = t.id and ${compare(sql.raw('i.identity_provider_id'), filter)})`,
  },
  search: ['t.id', 't.email', 't.full_name', 't.username'],
  sorts: {
    email: 't.email',
    fullName: 't.full_name',
    username: 't.username',
    createdAt: 't.created_at',
    lastLoginAt: 't.last_login_at',
    status: 't.status',
  },
  scope: ({ accounts }, viewer, { listing }) => {
    const [member] = memberOf(accounts)
    const [home] = anyOf('t.home_account_id', accounts)
    const [inviting] = anyOf('i.account_id', accounts)
    if (!member || !home || !inviting) return sql`t.id = ${viewer.id}`
    const any = [
      sql`t.id = ${viewer.id}`,
      sql`exists (select 1 from account_users m where m.user_id = t.id and ${member})`,
      sql`(${home} and not exists (select 1 from account_users m where m.user_id = t.id))`,
      ...(usesVisibleAttributesOnly(listing)
        ? [sql`exists (select 1 from account_invitations i where i.user_id = t.id and ${inviting})`]
        : []),
    ]
    // An account filter matches only accounts whose users the caller may read.
    const named = listing.filters
      .filter(({ name }) => name === 'account')
      .map((filter) =>
        belongsTo((account) => sql`${compare(sql.raw(account), filter)} and ${anyOf(account, accounts)[0]}`),
      )
    return sql`((${sql.join(any, sql` or `)})${sql.join([sql``, ...named], sql` and `)})`
  },
  complete: async (db, rows, viewer) => {
    const accounts = await membersOf(db, 'account_users', 'user_id', 'account_id', rows)
    const invited = await membersOf(db, 'account_invitations', 'user_id', 'account_id', rows)
    const teams = await membersOf(db, 'team_users', 'user_id', 'team_id', rows)
    const accountOf = await accountsOfTeams(db, [...new Set(rows.flatMap(({ id }) => teams(id)))])
    const providers = await membersOf(db, 'user_identity_providers', 'user_id', 'identity_provider_id', rows)
    const reads = (account: string) => viewer.may('users:read', { account })
    return rows.map((row) => {
      const record = { ...row, accounts: accounts(row.id), invitedTo: invited(row.id), allTeams: teams(row.id) }
      const isSelf = row.id === viewer.id
      const seen = teams(row.id).filter((id) => isSelf || reads(accountOf(id)))
      if (isSelf || accountsOf(record).some(reads))
        return { ...record, teams: seen, identityProviders: providers(row.id) }
      return { ...record, ...hiddenProfile, teams: seen }
    })
  },
  paths: (record) => accountsOf(record).map((account) => ({ account })),
  seenFrom: (record) => [...accountsOf(record), ...record.invitedTo].map((account) => ({ account })),
  own: (record, viewer) => (record.id === viewer.id ? 'read' : undefined),
})

/** The attributes that an account sees of a user whom it only invited, in addition to the email address. */
const hiddenProfile = { fullName: null, status: 'Pending', lastLoginAt: null, identityProviders: [] }

/** Filtering, searching or sorting by a hidden attribute would reveal it, one query at a time. */
const plainFilters = new Set(['user', 'email', 'account'])
const plainSorts = new Set(['email', 'username'])

const usesVisibleAttributesOnly = ({ filters, search, sort }: Listing): boolean =>
  search === null && filters.every(({ name }) => plainFilters.has(name)) && sort.every(({ key }) => plainSorts.has(key))

interface Memberships {
  readonly accounts: readonly string[]
  readonly homeAccountId: string | null
}

/** The accounts that administer a user: those it belongs to, or, while there is none, the account that added it. */
export const accountsOf = ({ accounts, homeAccountId }: Memberships): readonly string[] =>
  accounts.length > 0 || !homeAccountId ? accounts : [homeAccountId]

async function accountsOfTeams(db: Db, ids: readonly string[]): Promise<(id: string) => string> {
  const own = await membersOf(
    db,
    'teams',
    'id',
    'account_id',
    ids.map((id) => ({ id })),
  )
  return (id) => own(id)[0] ?? ''
}

/** Members and invited users. Of an invited user, only what the account already knows. */
const memberships = `
  (select m.id, m.account_id, m.user_id, m.created_at, u.email, u.full_name, u.status, u.last_login_at
     from account_users m join users u on u.id = m.user_id
   union all
   select i.id, i.account_id, i.user_id, i.created_at, u.email, null, 'Pending', null
     from account_invitations i join users u on u.id = i.user_id)`

export const accountUserView = resourceView(accountUsers, {
  from: `${memberships} t`,
  columns: {
    ...columnsOf('accountUsers', 'id', 'accountId', 'userId', 'createdAt'),
    ...columnsOf('users', 'status', 'lastLoginAt'),
  },
  filters: { account: 't.account_id', user: 't.user_id' },
  search: ['t.email', 't.full_name', 't.user_id'],
  sorts: {
    createdAt: 't.created_at',
    email: 't.email',
    fullName: 't.full_name',
    lastLoginAt: 't.last_login_at',
    status: 't.status',
  },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const people = rows.map((row) => ({ id: row.userId }))
    const teams = await membersOf(db, 'team_users m join teams g on g.id = m.team_id', 'm.user_id', 'm.team_id', people)
    const inAccount = await membersOf(
      db,
      'teams',
      'account_id',
      'id',
      rows.map((row) => ({ id: row.accountId })),
    )
    return rows.map((row) => {
      const own = new Set(inAccount(row.accountId))
      return { ...row, teams: teams(row.userId).filter((id) => own.has(id)) }
    })
  },
  paths: (record) => [pathOf(record)],
})
