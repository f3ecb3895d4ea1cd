/**
 * An index for each declared order of the large lists. Each ends with the ID, which makes the order total. They contain all
 * columns that the conditions of a list read, so that counting and skipping rows does not read the table.
 */
import type { Database } from '../database.ts'

type Kind = Database['kind']

/** SQLite reads the column of a partial index's condition from the table, unless it is part of the index. */
const live = (kind: Kind, columns: string, owners = '') =>
  `access_tokens (${columns}${kind === 'sqlite' ? ', revoked_at' : ''}) where ${owners}revoked_at is null`

const tokenOrders = [
  ['', 'created_at, id, owner_id'],
  ['_name', 'name, created_at, id, owner_id'],
  ['_expiry', 'expires_at, created_at, id, owner_id'],
  ['_use', 'last_used_at, created_at, id, owner_id'],
] as const

/** Lists of one owner's tokens in another order than that of creation filter those of the account: see ADR 0039. */
const tokenIndexes = (kind: Kind) => [
  ['access_tokens_owner', live(kind, 'owner_id, created_at, id')],
  ...tokenOrders.flatMap(([name, columns]) => [
    [`access_tokens_account${name}`, live(kind, `account_id, ${columns}`, "owner_kind = 'service-account' and ")],
    [`access_tokens_people${name}`, live(kind, columns, "owner_kind = 'user' and ")],
  ]),
]

const others = [
  ['audit_events_account', 'audit_events (account_id, at, id)'],
  ['audit_events_action', 'audit_events (account_id, action, at, id)'],
  ['audit_events_actor', 'audit_events (account_id, actor_id, at, id)'],
  ['audit_events_token', 'audit_events (account_id, token_id, at, id)'],
  ['audit_events_subject', 'audit_events (account_id, subject_id, at, id)'],
  ['notifications_account', 'notifications (account_id, at, id)'],
  ['notifications_kind', 'notifications (account_id, kind, at, id)'],
  ['notifications_owner', 'notifications (owner_id, at, id) where owner_id is not null'],
] as const

const statements = (kind: Kind) =>
  [...tokenIndexes(kind), ...others]
    .map(([name, on]) => `drop index if exists ${name};\ncreate index ${name} on ${on};\n`)
    .join('')

export const listIndexes = { sqlite: statements('sqlite'), postgres: statements('postgres') }
