import { accessTokens, accessTokenUsages } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { membersOf } from '../database/members.ts'
import { concernsAccount } from '../database/scopes.ts'
import { compare } from '../database/views/filter-sql.ts'
import { column, columnsOf, type FilterBy, type RecordIn, resourceView } from '../database/views/resource-view.ts'
import { withinScopes } from './concerned-accounts.ts'

const isExpired: FilterBy = ({ values }, { now }) =>
  values.length > 1
    ? sql`1 = 1`
    : values.includes('true')
      ? sql`t.expires_at <= ${now.toISOString()}`
      : sql`(t.expires_at is null or t.expires_at > ${now.toISOString()})`

export type AccessTokenRecord = RecordIn<typeof accessTokenView>

/** Tokens that are not revoked. Personal tokens belong to all accounts of their owner. */
export const accessTokenView = resourceView(accessTokens, {
  from: 'access_tokens t',
  columns: {
    ...columnsOf(
      'accessTokens',
      'id',
      'ownerKind',
      'ownerId',
      'accountId',
      'name',
      'description',
      'permissions',
      'scopes',
      'expiresIn',
      'createdAt',
      'expiresAt',
      'createdById',
      'lastUsedAt',
      'lastCharacters',
      'family',
      'predecessorId',
      'revokedAt',
      'parentId',
      'renewableUntil',
      'assumePolicyId',
    ),
    successorId: column<string | null>(
      '(select s.id from access_tokens s where s.predecessor_id = t.id and s.revoked_at is null order by s.created_at desc limit 1)',
    ),
  },
  filters: {
    accessToken: 't.id',
    name: 't.name',
    family: 't.family',
    serviceAccount: 't.owner_id',
    agentPool: 't.owner_id',
    isExpired,
  },
  internalFilters: { owner: 't.owner_id' },
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
      rows.filter((row) => row.accountId === null).map((row) => ({ id: row.ownerId })),
    )
    return Promise.all(
      rows.map(async (row) => {
        const scopes = listOf(row.scopes)
        const concerned = await withinScopes(db, scopes, accounts(row.ownerId))
        return {
          ...row,
          accounts: row.accountId ? [row.accountId] : concerned,
          serviceAccountId: row.ownerKind === 'service-account' ? row.ownerId : null,
          agentPoolId: row.ownerKind === 'agent-pool' ? row.ownerId : null,
          isExpired: row.expiresAt !== null && row.expiresAt <= viewer.now.toISOString(),
          permissions: listOf(row.permissions),
          scopes,
        }
      }),
    )
  },
  paths: ({ accounts }) => accounts.map((account) => ({ account })),
  aspect: ({ ownerKind }) => ownerKind,
  own: (record, viewer) => {
    if (record.id === viewer.tokenId) return 'all'
    return record.ownerKind === 'user' && record.ownerId === viewer.id && !viewer.narrowed ? 'all' : undefined
  },
})

const listOf = (text: string | null): readonly string[] | null =>
  text === null ? null : (JSON.parse(text) as readonly string[])

/** An account sees the tokens of its users, except those narrowed to scopes of other accounts. */
const seenIn = (account: RawBuilder<SqlBool>) =>
  sql<SqlBool>`exists (select 1 from account_users m where m.user_id = u.id and ${account}
    and ${sql.raw(concernsAccount('t', 'm.account_id'))})`

export const accessTokenUsageView = resourceView(accessTokenUsages, {
  from: `access_tokens t left join users u on u.id = t.owner_id left join service_accounts s on s.id = t.owner_id`,
  columns: {
    ...columnsOf(
      'accessTokens',
      'id',
      'name',
      'description',
      'lastCharacters',
      'createdAt',
      'expiresAt',
      'lastUsedAt',
      'ownerId',
    ),
    ownerType: column<string>('t.owner_kind'),
    ownerEmail: column<string>('coalesce(u.email, s.email)'),
    ownerStatus: column<string>('coalesce(u.status, s.status)'),
  },
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
})
