/** Security findings, computed from the tables on each request: nothing is stored, so nothing can be out of date. */
import { findingKinds, findings, limits } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { concernsAccount } from '../../database/scopes.ts'
import { accountsNamed } from '../../database/views/filter-sql.ts'
import { column, type Listing, pathOf, resourceView, type Source } from '../../database/views/resource-view.ts'

/**
 * Days before the expiry at which a token counts as expiring, if it is at least `age` days old: with about two thirds of its
 * lifetime behind it. Tokens that live two days or less are renewed by machines and not reported. The longest is the first.
 */
const expiring = [
  { left: 14, age: 28 },
  { left: 7, age: 14 },
  { left: 3, age: 6 },
  { left: 1, age: 2 },
] as const
const unusedDays = 90

type Kind = (typeof findingKinds)[number]
type Sql = RawBuilder<unknown>

const rankOf = (kind: Kind): number => findingKinds.indexOf(kind) + 1

const head = (kind: Kind, subjectType: string, subject: string, account: string) =>
  sql.raw(`'${kind}.' || ${subject} || '.' || ${account} as id, '${kind}' as kind, ${rankOf(kind)} as rank, ${account} as account_id,
   '${subjectType}' as subject_type, ${subject} as subject_id`)

interface AboutTokens {
  /** `k` is the token. */
  readonly at: string
  readonly where: Sql
  /** A table that is read before the tokens. */
  readonly before?: string
  readonly subject?: readonly [type: string, id: string]
}

/**
 * One source per kind of owner, in the order of an index of tokens. `cross join` makes SQLite read the tables in this order
 * too.
 */
function aboutTokens(kind: Kind, { accounts, now }: Asked, about: AboutTokens): Source[] {
  const { at, where, before = '', subject = ['access-tokens', 'k.id'] } = about
  const source = (owners: string, account: string, tables: string, condition: Sql): Source => ({
    from: sql`(select ${head(kind, ...subject, account)}, k.name, k.last_characters, k.owner_kind as owner_type, k.owner_id,
        (select o.email from ${sql.raw(owners)} o where o.id = k.owner_id) as owner_email, ${sql.raw(at)} as at, ${sql.raw(at === 'k.created_at' ? 'null' : 'k.created_at')} as began_at
      from ${sql.raw(`${before} access_tokens k ${tables}`)}
      where k.revoked_at is null and ${condition} and ${sql.raw(account)} in (${sql.join(accounts)}) and ${where}
        and (k.expires_at is null or k.expires_at > ${now.toISOString()})) t`,
    where: sql`1 = 1`,
    constants: { rank: rankOf(kind) },
  })
  return [
    source('service_accounts', 'k.account_id', '', sql`k.owner_kind = 'service-account'`),
    source(
      'users',
      'm.account_id',
      'cross join account_users m',
      sql`k.owner_kind = 'user' and m.user_id = k.owner_id and ${sql.raw(concernsAccount('k', 'm.account_id'))}`,
    ),
  ]
}

interface TokenCondition {
  /** The column with the relevant time. */
  readonly at: 'expires_at' | 'last_used_at' | 'created_at'
  readonly where: Sql
}

type TokenKind = 'token-expiring' | 'token-unused' | 'token-without-expiry'

/** The conditions of a kind, of which an active token meets at most one. `k` is the alias of its table. */
const tokenConditions: {
  readonly [K in TokenKind]: (k: string, shifted: (days: number) => string) => readonly TokenCondition[]
} = {
  'token-expiring': (k, shifted) => {
    const [expiresAt, createdAt] = [sql.raw(`${k}.expires_at`), sql.raw(`${k}.created_at`)]
    const isClose = expiring.map(
      ({ left, age }) => sql`(${expiresAt} <= ${shifted(left)} and ${createdAt} <= ${shifted(-age)})`,
    )
    const where = sql`${expiresAt} > ${shifted(0)} and ${expiresAt} <= ${shifted(expiring[0].left)}
      and (${sql.join(isClose, sql` or `)}) and ${isNotReplaced(k)}`
    return [{ at: 'expires_at', where }]
  },
  'token-unused': (k, shifted) =>
    unusedSince(k, shifted(-unusedDays)).map(({ at, where }) => ({ at, where: sql`${where} and ${isNotReplaced(k)}` })),
  'token-without-expiry': (k) => [
    { at: 'created_at', where: sql`${sql.raw(`${k}.expires_at`)} is null and ${isNotReplaced(k)}` },
  ],
}

/** A rotated token expires by itself and needs no action. */
const isNotReplaced = (k: string) =>
  sql`not exists (select 1 from access_tokens x where x.predecessor_id = ${sql.raw(k)}.id and x.revoked_at is null)`

/** A token that was never used counts from its creation. */
export const unusedSince = (k: string, time: string): readonly TokenCondition[] => [
  { at: 'last_used_at', where: sql`${sql.raw(`${k}.last_used_at`)} < ${time}` },
  { at: 'created_at', where: sql`${sql.raw(`${k}.last_used_at`)} is null and ${sql.raw(`${k}.created_at`)} < ${time}` },
]

export const shiftedFrom = (now: Date) => (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()

/** Conditions on a token that is not revoked, of which it meets at most one: that it has a finding of one of these kinds. */
export function hasFinding(k: string, kinds: readonly (string | null)[], now: Date): readonly RawBuilder<SqlBool>[] {
  const asked = Object.entries(tokenConditions).filter(([kind]) => kinds.includes(kind))
  const conditions = asked.flatMap(([, conditionsOf]) => conditionsOf(k, shiftedFrom(now)).map(({ where }) => where))
  // A token can have findings of several kinds.
  const apart = asked.length > 1 ? [sql`(${sql.join(conditions, sql` or `)})`] : conditions
  const expiresAt = sql.raw(`${k}.expires_at`)
  return apart.map((each) => sql`${each} and (${expiresAt} is null or ${expiresAt} > ${now.toISOString()})`)
}

const people = {
  type: 'users',
  name: 'o.full_name',
  account: 'm.account_id',
  tables: 'account_users m join users o on o.id = m.user_id',
} as const
const machines = {
  type: 'service-accounts',
  name: 'o.name',
  account: 'o.account_id',
  tables: 'service_accounts o',
} as const

function aboutOwners(kind: Kind, { accounts }: Asked, owners: typeof people | typeof machines, where: Sql): Source {
  const { type, name, account, tables } = owners
  return {
    from: sql`(select ${head(kind, type, 'o.id', account)}, ${sql.raw(name)} as name, null as last_characters,
        ${sql.raw(`'${type.replace(/s$/, '')}'`)} as owner_type, o.id as owner_id, o.email as owner_email, o.created_at as at, null as began_at
      from ${sql.raw(tables)} where ${sql.raw(account)} in (${sql.join(accounts)}) and ${where}) t`,
    where: sql`1 = 1`,
    constants: { rank: rankOf(kind) },
  }
}

const isInactive = sql`o.status = 'Inactive'
  and exists (select 1 from access_tokens k where k.owner_id = o.id and k.revoked_at is null)`
const without = (table: string) =>
  sql`o.status = 'Active' and not exists (select 1 from ${sql.raw(table)} x where x.service_account_id = o.id)`

interface Asked {
  readonly accounts: readonly string[]
  readonly now: Date
}

const ofTokens = (kind: TokenKind, asked: Asked): Source[] =>
  tokenConditions[kind]('k', shiftedFrom(asked.now)).flatMap(({ at, where }) =>
    aboutTokens(kind, asked, { at: `k.${at}`, where }),
  )

const sourcesOfKinds: { readonly [K in Kind]: (asked: Asked) => Source[] } = {
  'token-leaked': (asked) =>
    aboutTokens('token-leaked', asked, {
      at: 'r.first_seen_at',
      before: 'leak_reports r cross join',
      subject: ['leak-reports', 'r.id'],
      where: sql`r.token_id = k.id and r.resolved_at is null and r.action_taken in ('notified', 'expiring')`,
    }),
  'token-expiring': (asked) => ofTokens('token-expiring', asked),
  'owner-inactive': (asked) => [
    aboutOwners('owner-inactive', asked, people, isInactive),
    aboutOwners('owner-inactive', asked, machines, isInactive),
  ],
  'service-account-without-policy': (asked) => [
    aboutOwners('service-account-without-policy', asked, machines, without('access_policies')),
  ],
  'service-account-without-owner': (asked) => [
    aboutOwners('service-account-without-owner', asked, machines, without('service_account_owners')),
  ],
  'token-unused': (asked) => ofTokens('token-unused', asked),
  'token-without-expiry': (asked) => ofTokens('token-without-expiry', asked),
}

function kindsNamed({ filters }: Listing): readonly Kind[] {
  const named = filters.filter(({ name, operator }) => name === 'kind' && operator === 'in')
  return findingKinds.filter((kind) => named.every(({ values }) => values.includes(kind)))
}

export const findingView = resourceView(findings, {
  // Each source has its own.
  from: '()',
  columns: {
    id: column<string>('t.id'),
    kind: column<string>('t.kind'),
    rank: column<number>('t.rank'),
    accountId: column<string>('t.account_id'),
    subjectType: column<string>('t.subject_type'),
    subjectId: column<string>('t.subject_id'),
    name: column<string | null>('t.name'),
    lastCharacters: column<string | null>('t.last_characters'),
    ownerType: column<string>('t.owner_type'),
    ownerId: column<string>('t.owner_id'),
    ownerEmail: column<string>('t.owner_email'),
    at: column<string>('t.at'),
  },
  filters: { account: 't.account_id', kind: 't.kind', ownerType: 't.owner_type', ownerId: 't.owner_id' },
  search: ['t.name', 't.owner_email', 't.last_characters', 't.subject_id'],
  sorts: { rank: 't.rank', at: 't.at' },
  defaultSort: [{ key: 'rank', descending: false }],
  order: ['t.at', 't.began_at', 't.subject_id'],
  // Each token is compared with its successors.
  countedMax: limits.countedMatches,
  scope: (reach, { now }, { listing }) => {
    const accounts = accountsNamed(reach.accounts, listing)
    if (accounts.length === 0) return []
    return kindsNamed(listing).flatMap((kind) => sourcesOfKinds[kind]({ accounts, now }))
  },
  // A deleted owner's tokens are revoked shortly after it.
  complete: (_, rows) => rows.filter((row) => row.ownerEmail !== null),
  paths: (record) => [pathOf(record)],
})
