/** The token report: the tokens of people and of service accounts, with their owners. */
import { accessTokenUsages } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { concernsAccount } from '../database/scopes.ts'
import { accountsNamed, compare, contains, startsWith } from '../database/views/filter-sql.ts'
import {
  column,
  columnsOf,
  type Filter,
  type FilterBy,
  type Listing,
  type Reading,
  resourceView,
  type Source,
} from '../database/views/resource-view.ts'
import { attributeOfOwner, isExpired, isIdOrLastCharacters } from './access-token-view.ts'
import { hasFinding, shiftedFrom, unusedSince } from './findings/finding-view.ts'
import { isOverPrivileged } from './findings/over-privileged-view.ts'

const ownerEmail = attributeOfOwner('email')
const ownerStatus = attributeOfOwner('status')

const owners = [
  { ownerType: 'service-account', table: 'service_accounts', statuses: ['Active', 'Inactive'] },
  { ownerType: 'user', table: 'users', statuses: ['Active', 'Inactive', 'Pending'] },
] as const
type Owners = (typeof owners)[number]

type Condition = RawBuilder<SqlBool>

/** A single owner is compared, so that an index keeps its order. */
function isOwnedBy(table: string, column: 'id' | 'email', filter: Filter): Condition {
  const found = (condition: Condition) => sql`(select o.id from ${sql.raw(table)} o where ${condition})`
  const by = sql.raw(`o.${column}`)
  if (filter.operator === 'like') return sql`t.owner_id in ${found(compare(by, filter))}`
  const [first, ...others] = filter.values.map((value) => found(sql`${by} = ${value}`))
  if (!first) return sql`1 = 0`
  return others.length > 0 ? sql`t.owner_id in (${sql.join([first, ...others])})` : sql`t.owner_id = ${first}`
}

/** Most owners are active: their tokens are read in order. Of few others, the tokens are found and sorted. */
const isOfFewOwners = ({ name, operator, values }: Filter): boolean =>
  name === 'ownerStatus' && operator === 'in' && !values.includes('Active')

const hasStatus = (table: string, filter: Filter): Condition =>
  sql`case when exists (select 1 from ${sql.raw(table)} o where o.id = t.owner_id and ${compare(sql.raw('o.status'), filter)}) then true else false end`

const byOwner = ({ name }: Filter): boolean => name === 'ownerId' || name === 'ownerEmail'

const byAccessManagement = ({ name, values }: Filter): boolean =>
  name === 'isOverPrivileged' && !values.includes('false')

/** Whether the policies of an account may be read. */
type SeesPolicies = (account: string) => boolean

/**
 * An account sees the tokens of its service accounts, and those of its users, except those narrowed to scopes of other
 * accounts. `case` makes SQLite and PostgreSQL read these in order rather than user by user.
 */
function sourceOf(
  { ownerType, table }: Owners,
  accounts: readonly string[],
  { listing: { filters, sort }, isLong, isExport = false }: Reading,
  seesPolicies: SeesPolicies,
): Source {
  const given = sql.join(accounts)
  const isByOwner = !isExport && (sort.some(({ key }) => key === 'ownerEmail') || filters.some(isOfFewOwners))
  // SQLite prefers an index of the account over that of the owner.
  const isFound = filters.some(byOwner) || (!isLong && filters.some(byAccessManagement))
  const account = sql.raw(isFound ? `(t.account_id || '')` : 't.account_id')
  const order = { ownerType, by: isByOwner ? 'owner' : isFound ? 'found' : 'order' } as const
  const isInAccount = isByOwner ? sql`o.account_id in (${given})` : sql`${account} in (${given})`
  const conditions = [
    ...(isByOwner ? [sql`t.owner_id = o.id`] : [sql`t.owner_kind = ${sql.lit(ownerType)}`]),
    ownerType === 'service-account'
      ? isInAccount
      : sql`case when exists (select 1 from account_users m where m.user_id = t.owner_id and m.account_id in (${given})
          and ${sql.raw(concernsAccount('t', 'm.account_id'))}) then true else false end`,
    ...filters.flatMap((filter) => {
      if (filter.name === 'ownerId') return [isOwnedBy(table, 'id', filter)]
      if (filter.name === 'ownerEmail') return [isOwnedBy(table, 'email', filter)]
      if (filter.name === 'isOverPrivileged') return [isOverPrivileged(accounts.filter(seesPolicies), filter, order)]
      if (filter.name !== 'ownerStatus') return []
      return [isByOwner ? compare(sql.raw('o.status'), filter) : hasStatus(table, filter)]
    }),
  ]
  return {
    // Owner by owner, in their order: SQLite keeps the order of a cross join. The index of an owner's tokens has no other columns.
    ...(isByOwner ? { from: sql.raw(`${table} o cross join access_tokens t`) } : {}),
    where: sql`${sql.join(conditions, sql` and `)}`,
    constants: { ownerType },
  }
}

function tokensSeenFrom(accounts: readonly string[], reading: Reading, seesPolicies: SeesPolicies): Source[] {
  if (accounts.length === 0) return []
  const { listing } = reading
  const sourcesOf = (each: Owners, filters: Listing['filters'] = listing.filters) =>
    sourceOf(each, accounts, { ...reading, listing: { ...listing, filters } }, seesPolicies)
  if (listing.sort[0]?.key !== 'ownerStatus') return owners.map((each) => sourcesOf(each))
  return owners.flatMap((each) =>
    each.statuses.map((status) => {
      const filter = { name: 'ownerStatus', operator: 'in', values: [status] } as const
      const source = sourcesOf(each, [...listing.filters, filter])
      return { ...source, constants: { ...source.constants, ownerStatus: status } }
    }),
  )
}

/**
 * A condition that an index other than that of the list's order serves. Of many rows, those that meet it are read in order
 * rather than found and sorted.
 */
const ranged =
  (key: string | null, conditionsOf: (values: Filter['values'], now: Date) => readonly Condition[]): FilterBy =>
  ({ values }, { now }, { isLong, listing }) => {
    const conditions = conditionsOf(values, now)
    if (!isLong || listing.sort[0]?.key === key || conditions.length === 0) return [...conditions]
    return sql`case when ${sql.join(conditions, sql` or `)} then true else false end`
  }

/** A Boolean filter on whether a column is set. */
const isSet = (key: string, column: string): FilterBy =>
  ranged(key, (values) => {
    const states = [
      ...(values.includes('true') ? ['is not null'] : []),
      ...(values.includes('false') ? ['is null'] : []),
    ]
    return states.map((state) => sql`${sql.raw(`${column} ${state}`)}`)
  })

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
    isOverPrivileged: inScope,
    ownerType: 't.owner_kind',
    expiresAfter: ranged('expiresAt', ([time]) => [sql`t.expires_at >= ${time}`]),
    expiresBefore: ranged('expiresAt', ([time]) => [sql`t.expires_at < ${time}`]),
    expiresWithinDays: ranged('expiresAt', ([days], now) => [
      sql`t.expires_at > ${now.toISOString()} and t.expires_at <= ${shiftedFrom(now)(Number(days))}`,
    ]),
    hasExpiry: isSet('expiresAt', 't.expires_at'),
    isUsed: isSet('lastUsedAt', 't.last_used_at'),
    unusedForDays: ranged('lastUsedAt', ([days], now) =>
      unusedSince('t', shiftedFrom(now)(-Number(days))).map(({ where }) => sql`${where}`),
    ),
    finding: ranged(null, (kinds, now) => hasFinding('t', kinds, now)),
  },
  search: [
    't.id',
    't.name',
    't.description',
    't.last_characters',
    (text) => sql`t.owner_id in (select u.id from users u where ${contains(sql.raw('u.email'), text)}
      union all select s.id from service_accounts s where ${contains(sql.raw('s.email'), text)})`,
  ],
  lookups: { exact: isIdOrLastCharacters, beginning: (text) => [{ where: startsWith('t.name', text) }] },
  sorts: {
    name: 't.name',
    createdAt: 't.created_at',
    expiresAt: 't.expires_at',
    lastUsedAt: 't.last_used_at',
    ownerEmail: 'o.email',
    ownerStatus,
    ownerType: 't.owner_kind',
  },
  listed: 't.revoked_at is null',
  // An account filter matches only accounts whose tokens the caller may read: otherwise it would reveal who belongs to them.
  scope: ({ accounts }, { may }, reading) => {
    const named = accountsNamed(accounts, reading.listing)
    return tokensSeenFrom(named, reading, (account) => may('access-policies:read', { account }))
  },
  // A deleted owner's tokens are revoked shortly after it.
  complete: (_, rows) => rows.filter((row) => row.ownerEmail !== null),
  paths: () => [],
})
