/** Security findings, computed from the tables on each request: nothing is stored, so nothing can be out of date. */
import { findingKinds, findings } from '@mintmark/contract'
import { sql } from 'kysely'
import { concernsAccount } from '../../database/scopes.ts'
import { column, pathOf, resourceView } from '../../database/views/resource-view.ts'

/**
 * Days before the expiry at which a token counts as expiring, if it is at least `age` days old: with about two thirds of its
 * lifetime behind it. Tokens that live two days or less are renewed by machines and not reported.
 */
const expiring = [
  { left: 14, age: 28 },
  { left: 7, age: 14 },
  { left: 3, age: 6 },
  { left: 1, age: 2 },
] as const
const unusedDays = 90

type Kind = (typeof findingKinds)[number]

const head = (kind: Kind, subjectType: string, subject: string) =>
  `'${kind}.' || ${subject} || '.' || a.id as id, '${kind}' as kind, ${findingKinds.indexOf(kind) + 1} as rank, a.id as account_id,
   '${subjectType}' as subject_type, ${subject} as subject_id`

/** Live tokens with their owner and each account that they concern. */
const tokensOfPeople = `access_tokens k join users o on o.id = k.owner_id join account_users m on m.user_id = o.id
    and ${concernsAccount('k', 'm.account_id')}
  join accounts a on a.id = m.account_id`
const tokensOfMachines = `access_tokens k join service_accounts o on o.id = k.owner_id join accounts a on a.id = o.account_id`

interface AboutTokens {
  readonly at: string
  readonly where: string
}

/** One query per kind of owner: a single query over both would read every token without an index. */
const aboutTokens = (kind: Kind, { at, where }: AboutTokens): string[] =>
  [tokensOfPeople, tokensOfMachines].map(
    (from) =>
      `select ${head(kind, 'access-tokens', 'k.id')}, ${ofToken}, ${at} as at from ${from}
       where k.revoked_at is null and ${isNotReplaced} and ${where}`,
  )

/** A rotated token expires by itself and needs no action. */
const isNotReplaced =
  'not exists (select 1 from access_tokens x where x.predecessor_id = k.id and x.revoked_at is null)'

const ofToken = `k.name, k.last_characters, k.owner_kind as owner_type, k.owner_id, o.email as owner_email,
  k.expires_at as ends_at, k.created_at as began_at`

const leaked = [tokensOfPeople, tokensOfMachines].map(
  (from) => `select ${head('token-leaked', 'leak-reports', 'r.id')}, ${ofToken}, r.first_seen_at as at
    from ${from} join leak_reports r on r.token_id = k.id where k.revoked_at is null and r.action_taken in ('notified', 'expiring')`,
)

const aboutOwners = (kind: Kind, [type, name, from]: readonly [string, string, string], where: string) =>
  `select ${head(kind, type, 'o.id')}, ${name} as name, null as last_characters, '${type.replace(/s$/, '')}' as owner_type,
    o.id as owner_id, o.email as owner_email, null as ends_at, null as began_at, o.created_at as at from ${from} where ${where}`

const people = [
  'users',
  'o.full_name',
  'users o join account_users m on m.user_id = o.id join accounts a on a.id = m.account_id',
] as const
const machines = ['service-accounts', 'o.name', 'service_accounts o join accounts a on a.id = o.account_id'] as const

const isInactive = `o.status = 'Inactive'
  and exists (select 1 from access_tokens k where k.owner_id = o.id and k.revoked_at is null)`
const without = (table: string) =>
  `o.status = 'Active' and not exists (select 1 from ${table} x where x.service_account_id = o.id)`

const parts = [
  ...leaked,
  ...aboutTokens('token-expiring', { at: 'k.expires_at', where: 'k.expires_at is not null' }),
  ...aboutTokens('token-unused', { at: 'coalesce(k.last_used_at, k.created_at)', where: '1 = 1' }),
  ...aboutTokens('token-without-expiry', { at: 'k.created_at', where: 'k.expires_at is null' }),
  aboutOwners('owner-inactive', people, isInactive),
  aboutOwners('owner-inactive', machines, isInactive),
  aboutOwners('service-account-without-policy', machines, without('access_policies')),
  aboutOwners('service-account-without-owner', machines, without('service_account_owners')),
]

export const findingView = resourceView(findings, {
  from: `(${parts.join(' union all ')}) t`,
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
  order: 't.rank, t.at',
  scope: ({ accounts }, { now }) => {
    if (accounts.length === 0) return sql`1 = 0`
    const shifted = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()
    const aboutToEnd = expiring.map(
      ({ left, age }) => sql`(t.at <= ${shifted(left)} and t.began_at <= ${shifted(-age)})`,
    )
    return sql`t.account_id in (${sql.join(accounts)})
      and (t.ends_at is null or t.ends_at > ${now.toISOString()})
      and (t.kind <> 'token-expiring' or ${sql.join(aboutToEnd, sql` or `)})
      and (t.kind <> 'token-unused' or t.at < ${shifted(-unusedDays)})`
  },
  complete: (_, rows) => rows,
  paths: (record) => [pathOf(record)],
})
