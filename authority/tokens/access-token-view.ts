import { accessTokens, accessTokenUsages } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { membersOf } from '../database/members.ts'
import { concernsAccount } from '../database/scopes.ts'
import { accountsNamed, compare, contains } from '../database/views/filter-sql.ts'
import {
  column,
  columnsOf,
  type Filter,
  type FilterBy,
  type Listing,
  type RecordIn,
  resourceView,
  type Source,
} from '../database/views/resource-view.ts'
import { withinScopes } from './concerned-accounts.ts'

const isExpired: FilterBy = ({ values }, { now }) =>
  values.length > 1
    ? sql`1 = 1`
    : values.includes('true')
      ? sql`t.expires_at <= ${now.toISOString()}`
      : sql`(t.expires_at is null or t.expires_at > ${now.toISOString()})`

/** The owner's own index has the order of creation. For other orders and names, the indexes of the account are filtered. */
const ofServiceAccount: FilterBy = (filter, _viewer, { isLong, listing: { filters, sort } }) => {
  const isByName = filters.some(({ name, operator }) => name === 'name' && operator === 'in')
  const isInOtherOrder = isLong && sort[0] !== undefined && sort[0].key !== 'createdAt'
  const [id, ...others] = filter.values
  if (!(isByName || isInOtherOrder) || filter.operator !== 'in' || !id || others.length > 0)
    return compare(sql.raw('t.owner_id'), filter)
  return sql`t.owner_kind = 'service-account' and (t.owner_id || '') = ${id}
    and t.account_id = (select s.account_id from service_accounts s where s.id = ${id})`
}

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
    serviceAccount: ofServiceAccount,
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

const attributeOfOwner = (name: string) =>
  `coalesce((select u.${name} from users u where u.id = t.owner_id), (select s.${name} from service_accounts s where s.id = t.owner_id))`
const ownerEmail = attributeOfOwner('email')
const ownerStatus = attributeOfOwner('status')

const ownerFilters = { ownerId: 'id', ownerEmail: 'email', ownerStatus: 'status' } as const
const unique = ['id', 'email']

/** Finds the owners first, which are fewer than tokens. A single owner is compared, so that an index keeps its order. */
function isOwnedBy(owners: string, column: string, filter: Filter): RawBuilder<SqlBool> {
  const found = (condition: RawBuilder<SqlBool>) => sql`(select o.id from ${sql.raw(owners)} o where ${condition})`
  const by = sql.raw(`o.${column}`)
  if (filter.operator === 'like' || !unique.includes(column)) return sql`t.owner_id in ${found(compare(by, filter))}`
  const [first, ...others] = filter.values.map((value) => found(sql`${by} = ${value}`))
  if (!first) return sql`1 = 0`
  return others.length > 0 ? sql`t.owner_id in (${sql.join([first, ...others])})` : sql`t.owner_id = ${first}`
}

/**
 * The tokens of service accounts, and those of people: an account sees the tokens of its users, except those narrowed to
 * scopes of other accounts. `case` makes SQLite and PostgreSQL read these in order rather than user by user.
 */
function tokensSeenFrom(accounts: readonly string[], { filters }: Listing): Source[] {
  if (accounts.length === 0) return []
  const given = sql.join(accounts)
  const owned = (owners: string) =>
    filters.flatMap((filter) => {
      const column = Object.entries(ownerFilters).find(([name]) => name === filter.name)?.[1]
      return column ? [isOwnedBy(owners, column, filter)] : []
    })
  // SQLite prefers an index of the account over that of the owner.
  const account = sql.raw(filters.some(({ name }) => name in ownerFilters) ? `(t.account_id || '')` : 't.account_id')
  const isSeen = sql<SqlBool>`case when exists (select 1 from account_users m where m.user_id = t.owner_id
    and m.account_id in (${given}) and ${sql.raw(concernsAccount('t', 'm.account_id'))}) then true else false end`
  const source = (ownerType: string, conditions: readonly RawBuilder<SqlBool>[]): Source => ({
    where: sql`${sql.join([sql`t.owner_kind = ${sql.lit(ownerType)}`, ...conditions], sql` and `)}`,
    constants: { ownerType },
  })
  return [
    source('service-account', [sql`${account} in (${given})`, ...owned('service_accounts')]),
    source('user', [isSeen, ...owned('users')]),
  ]
}

/** Part of the scope. */
const inScope: FilterBy = () => sql`1 = 1`

export const accessTokenUsageView = resourceView(accessTokenUsages, {
  from: 'access_tokens t',
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
    ownerEmail: column<string>(ownerEmail),
    ownerStatus: column<string>(ownerStatus),
  },
  filters: {
    account: inScope,
    accessToken: 't.id',
    name: 't.name',
    isExpired,
    ownerEmail: inScope,
    ownerId: inScope,
    ownerStatus: inScope,
    ownerType: 't.owner_kind',
    expiresAfter: ({ values }) => sql`t.expires_at >= ${values[0] ?? ''}`,
    expiresBefore: ({ values }) => sql`t.expires_at < ${values[0] ?? ''}`,
  },
  search: [
    't.id',
    't.name',
    't.description',
    't.last_characters',
    (text) => sql`t.owner_id in (select u.id from users u where ${contains(sql.raw('u.email'), text)}
      union all select s.id from service_accounts s where ${contains(sql.raw('s.email'), text)})`,
  ],
  sorts: {
    name: 't.name',
    createdAt: 't.created_at',
    expiresAt: 't.expires_at',
    lastUsedAt: 't.last_used_at',
    ownerEmail,
    ownerStatus,
    ownerType: 't.owner_kind',
  },
  listed: 't.revoked_at is null',
  // An account filter matches only accounts whose tokens the caller may read: otherwise it would reveal who belongs to them.
  scope: ({ accounts }, _viewer, listing) => tokensSeenFrom(accountsNamed(accounts, listing), listing),
  // A deleted owner's tokens are revoked shortly after it.
  complete: (_, rows) => rows.filter((row) => row.ownerEmail !== null),
  paths: () => [],
})
