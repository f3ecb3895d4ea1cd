import { sql } from 'kysely'
import { emailKey } from '../database/email-key.ts'
import { membersOf } from '../database/members.ts'
import { anyOf, compare, type Shelf, type Stored } from '../database/shelf.ts'

const memberOf = (accounts: readonly string[]) => anyOf('m.account_id', accounts)

/** People are seen by those who may see the people of an account they belong to, and by themselves. */
export const userShelf: Shelf = {
  type: 'users',
  from: 'users t',
  columns: 't.id, t.email, t.username, t.full_name, t.status, t.home_account_id, t.created_at, t.last_login_at',
  filters: {
    user: 't.id',
    email: ({ operator, values }) =>
      compare(sql.raw('t.email_key'), {
        name: 'email',
        operator,
        values: values.map((each) => each && emailKey(each)),
      }),
    status: 't.status',
    account: (filter) =>
      sql`exists (select 1 from account_users m where m.user_id = t.id and ${compare(sql.raw('m.account_id'), filter)})`,
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
  scope: ({ accounts }, viewer) => {
    const [member] = memberOf(accounts)
    const [home] = anyOf('t.home_account_id', accounts)
    if (!member || !home) return sql`t.id = ${viewer.id}`
    return sql`(t.id = ${viewer.id} or ${home} or exists (select 1 from account_users m where m.user_id = t.id and ${member}))`
  },
  complete: async (db, rows) => {
    const accounts = await membersOf(db, 'account_users', 'user_id', 'account_id', rows)
    const teams = await membersOf(db, 'team_users', 'user_id', 'team_id', rows)
    const providers = await membersOf(db, 'user_identity_providers', 'user_id', 'identity_provider_id', rows)
    return rows.map((row) => ({
      ...row,
      accounts: accounts(row.id),
      teams: teams(row.id),
      identityProviders: providers(row.id),
    }))
  },
  paths: (record) => accountsOf(record).map((account) => ({ account })),
  own: (record, viewer) => (record.id === viewer.id ? 'read' : undefined),
}

/** The accounts that have a say over a person. */
export function accountsOf(record: Stored): string[] {
  const home = record.homeAccountId as string | null
  return [...new Set([...((record.accounts as string[]) ?? []), ...(home ? [home] : [])])]
}

export const accountUserShelf: Shelf = {
  type: 'account-users',
  from: 'account_users t join users u on u.id = t.user_id',
  columns: 't.id, t.account_id, t.user_id, t.created_at, u.status, u.last_login_at',
  filters: { account: 't.account_id', user: 't.user_id' },
  search: ['u.email', 'u.full_name', 'u.id'],
  sorts: {
    createdAt: 't.created_at',
    email: 'u.email',
    fullName: 'u.full_name',
    lastLoginAt: 'u.last_login_at',
    status: 'u.status',
  },
  scope: { account: 't.account_id' },
  complete: async (db, rows) => {
    const people = rows.map((row) => ({ id: row.userId as string }))
    const teams = await membersOf(db, 'team_users m join teams g on g.id = m.team_id', 'm.user_id', 'm.team_id', people)
    const inAccount = await membersOf(
      db,
      'teams',
      'account_id',
      'id',
      rows.map((row) => ({ id: row.accountId as string })),
    )
    return rows.map((row) => {
      const own = new Set(inAccount(row.accountId as string))
      return { ...row, teams: teams(row.userId as string).filter((id) => own.has(id)) }
    })
  },
  paths: (record) => [{ account: record.accountId as string }],
}
