import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { membersOf } from '../database/members.ts'
import { compare, type FilterBy, type ResourceView, type StoredRecord, type Viewer } from '../database/resource-view.ts'
import { concernsAccount } from '../database/scopes.ts'
import { withinScopes } from './concerned-accounts.ts'

const isExpired: FilterBy = ({ values }, { now }) =>
  values.length > 1
    ? sql`1 = 1`
    : values.includes('true')
      ? sql`t.expires_at <= ${now.toISOString()}`
      : sql`(t.expires_at is null or t.expires_at > ${now.toISOString()})`

/** Tokens that are not revoked. Personal tokens belong to all accounts of their owner. */
export const accessTokenShelf: ResourceView = {
  type: 'access-tokens',
  from: 'access_tokens t',
  columns: `t.id, t.owner_kind, t.owner_id, t.account_id, t.name, t.description, t.permissions, t.scopes, t.expires_in, t.created_at,
            t.expires_at, t.created_by_id, t.last_used_at, t.last_characters, t.family, t.predecessor_id, t.revoked_at,
            t.parent_id, t.renewable_until, t.assume_policy_id,
            (select s.id from access_tokens s where s.predecessor_id = t.id and s.revoked_at is null order by s.created_at desc limit 1) as successor_id`,
  filters: {
    accessToken: 't.id',
    name: 't.name',
    family: 't.family',
    owner: 't.owner_id',
    serviceAccount: 't.owner_id',
    agentPool: 't.owner_id',
    isExpired,
  },
  search: ['t.id', 't.name', 't.description'],
  sorts: { name: 't.name', createdAt: 't.created_at', expiresAt: 't.expires_at', lastUsedAt: 't.last_used_at' },
  scope: { account: 't.account_id' },
  listed: 't.revoked_at is null',
  complete: async (db, rows, viewer) => {
    const accounts = await membersOf(
      db,
      'account_users',
      'user_id',
      'account_id',
      // Only users may belong to several accounts; other owners have their account in the row.
      rows.filter((row) => row.accountId === null).map((row) => ({ id: row.ownerId as string })),
    )
    return Promise.all(
      rows.map(async (row) => {
        const scopes = listOf(row.scopes)
        return token(row, await withinScopes(db, scopes, accounts(row.ownerId as string)), viewer)
      }),
    )
  },
  paths: (record) => (record.accounts as string[]).map((account) => ({ account })),
  aspect: (record) => record.ownerKind as string,
  own: (record, viewer) => {
    if (record.id === viewer.tokenId) return 'all'
    return record.ownerKind === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'all' : undefined
  },
}

const listOf = (text: unknown): string[] | null => (text === null ? null : JSON.parse(text as string))

function token(row: StoredRecord, accounts: readonly string[], { now }: Viewer): StoredRecord {
  return {
    ...row,
    accounts: row.accountId ? [row.accountId] : accounts,
    serviceAccountId: row.ownerKind === 'service-account' ? row.ownerId : null,
    agentPoolId: row.ownerKind === 'agent-pool' ? row.ownerId : null,
    isExpired: row.expiresAt !== null && (row.expiresAt as string) <= now.toISOString(),
    permissions: listOf(row.permissions),
    scopes: listOf(row.scopes),
  }
}

/** An account sees the tokens of its users, except those narrowed to scopes of other accounts. */
const seenIn = (account: RawBuilder<SqlBool>) =>
  sql<SqlBool>`exists (select 1 from account_users m where m.user_id = u.id and ${account}
    and ${sql.raw(concernsAccount('t', 'm.account_id'))})`

export const accessTokenUsageShelf: ResourceView = {
  type: 'access-token-usages',
  from: `access_tokens t left join users u on u.id = t.owner_id left join service_accounts s on s.id = t.owner_id`,
  columns: `t.id, t.name, t.description, t.last_characters, t.created_at, t.expires_at, t.last_used_at,
            t.owner_kind as owner_type, t.owner_id, coalesce(u.email, s.email) as owner_email, coalesce(u.status, s.status) as owner_status`,
  filters: {
    account: (filter) =>
      sql`(${compare(sql.raw('s.account_id'), filter)} or ${seenIn(compare(sql.raw('m.account_id'), filter))})`,
    accessToken: 't.id',
    name: 't.name',
    isExpired,
    ownerEmail: 'coalesce(u.email, s.email)',
    ownerId: 't.owner_id',
    ownerStatus: 'coalesce(u.status, s.status)',
    ownerType: 't.owner_kind',
    expiresAfter: ({ values }) => sql`t.expires_at >= ${values[0] ?? ''}`,
    expiresBefore: ({ values }) => sql`t.expires_at < ${values[0] ?? ''}`,
  },
  search: ['t.id', 't.name', 't.description', 't.last_characters', 'u.email', 's.email'],
  sorts: {
    name: 't.name',
    createdAt: 't.created_at',
    expiresAt: 't.expires_at',
    lastUsedAt: 't.last_used_at',
    ownerEmail: 'coalesce(u.email, s.email)',
    ownerStatus: 'coalesce(u.status, s.status)',
    ownerType: 't.owner_kind',
  },
  listed: `t.revoked_at is null and t.owner_kind <> 'agent-pool' and coalesce(u.id, s.id) is not null`,
  scope: ({ accounts }, _viewer, { filters }) => {
    if (accounts.length === 0) return sql`1 = 0`
    const given = sql.join(accounts)
    // An account filter matches only accounts whose tokens the caller may read: otherwise it would reveal who belongs to them.
    const named = filters.filter(({ name }) => name === 'account').map((by) => compare(sql.raw('m.account_id'), by))
    const seen = sql.join([sql`m.account_id in (${given})`, ...named], sql` and `)
    return sql`(s.account_id in (${given}) or ${seenIn(sql<SqlBool>`${seen}`)})`
  },
  complete: (_, rows) => rows,
  paths: () => [],
}
