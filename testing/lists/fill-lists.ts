/** Fills the large tables of a PostgreSQL database, so that its planner has statistics of many rows. */
import { connected } from '../postgres.ts'

/** The account of most rows. Another one has the others. */
export const listAccount = 'acc-1'

/** Values of filters that many rows have, by name, or by operation and name. */
export const sampleValues: Readonly<Record<string, string>> = {
  account: listAccount,
  accessToken: 'at-v0o17',
  action: 'access-tokens.minted',
  actorId: 'user-1',
  actorType: 'users',
  'list_audit_events tokenId': 'at-v0o17',
  subjectId: 'at-v0o17',
  about: 'at-v0o17',
  subjectType: 'access-tokens',
  requestId: 'req-17',
  name: 'job 17',
  family: 'at-v0o17',
  ownerId: 'sa-1',
  ownerEmail: 'sa-1@mintmark.internal',
  ownerStatus: 'Active',
  ownerType: 'service-account',
  kind: 'token-unused',
  'list_notifications kind': 'token.leaked',
  source: 'github',
  locationKind: 'public',
  actionTaken: 'notified',
  repository: 'octo/repo',
  token: 'at-v0o17',
  network: '192.0.2.0/24',
  operation: 'list_teams',
  finding: 'token-unused',
  leakReport: 'leak-17',
  assignee: 'user-1',
  state: 'open',
}

const rows = {
  tokens: 100_000,
  audit: 80_000,
  notifications: 12_000,
  leaks: 2_000,
  activity: 5_000,
  people: 1_000,
} as const

const day = (second: string, from: string) =>
  `to_char(timestamp '${from}' + (${second}) * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** About 200,000 rows. A tenth of each table belongs to another account. */
export async function fillLists(url: string): Promise<void> {
  const account = `case when i % 10 = 0 then 'acc-2' else '${listAccount}' end`
  const owner = `case when i % 50 = 7 then 'user-' || (i % ${rows.people}) when i % 2 = 0 then 'sa-1' else 'sa-' || (i % ${rows.people}) end`
  const numbers = (count: number) => `generate_series(1, ${count}) i`
  const statements = [
    `insert into accounts (id, name, allowed_ips, allowed_ipv6, support_access_enabled, created_at)
     select 'acc-' || i, 'account', '[]', '[]', 0, ${day('i', '2025-01-01')} from ${numbers(2)}`,
    `insert into users (id, email, email_key, username, status, change_password_on_sign_in, created_at)
     select 'user-' || i, 'user-' || i, 'user-' || i, 'user', 'Active', 0, ${day('i', '2025-01-01')} from ${numbers(rows.people)}`,
    `insert into account_users (id, account_id, user_id, created_at)
     select 'au-' || i, ${account}, 'user-' || i, ${day('i', '2025-01-01')} from ${numbers(rows.people)}`,
    `insert into service_accounts (id, account_id, name, email, status, created_at)
     select 'sa-' || i, ${account}, 'sa', 'sa-' || i || '@mintmark.internal', 'Active', ${day('i', '2025-01-01')} from ${numbers(rows.people)}`,
    `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, account_id, name, created_at, expires_at, last_used_at, family)
     select 'at-v0o' || i, decode(md5(i::text), 'hex'), 1, 'abcdef', case when i % 50 = 7 then 'user' else 'service-account' end, ${owner},
       case when i % 50 <> 7 then ${account} end, 'job ' || i * 7919 % 100003, ${day(`i * 7919 % ${rows.tokens} * 300`, '2026-01-01')},
       case when i % 3 = 0 then ${day(`i * 7907 % ${rows.tokens} * 300`, '2026-12-02')} end,
       case when i % 10 < 7 then ${day(`i * 7901 % ${rows.tokens} * 200`, '2026-04-01')} end, 'at-v0o' || i from ${numbers(rows.tokens)}`,
    `insert into audit_events (id, account_id, action, at, actor_type, actor_id, token_id, request_id, subject_type, subject_id, times, position, seal)
     select 'ae-' || i, ${account}, 'access-tokens.' || case when i % 3 = 0 then 'minted' else 'action-' || i % 20 end, ${day('i * 300', '2026-01-01')}, 'users',
       'user-' || i % ${rows.people}, 'at-v0o' || i % 5000, 'req-' || i, 'access-tokens', 'at-v0o' || i % 50000, 1, i, 'seal' from ${numbers(rows.audit)}`,
    `insert into notifications (id, account_id, kind, at, owner_kind, owner_id, subject_type, subject_id, data, mail_due)
     select 'no-' || i, ${account}, case when i % 3 = 0 then 'token.leaked' else 'token.kind-' || i % 10 end, ${day('i * 300', '2026-01-01')}, 'user',
       'user-' || i % ${rows.people}, 'access-tokens', 'at-v0o' || i, '{}', 0 from ${numbers(rows.notifications)}`,
    `insert into leak_reports (id, account_id, token_id, source, location_key, location_kind, repository, action_taken, first_seen_at, last_seen_at, times, locations, resolved_at)
     select 'leak-' || i, ${account}, 'at-v0o' || i, 'github', 'key', 'public', 'octo/repo', 'revoked', ${day('i', '2026-01-01')}, ${day('i', '2026-01-01')}, 1, 1,
       case when i % 50 > 0 then ${day('i', '2026-02-01')} end from ${numbers(rows.leaks)}`,
    `insert into token_activity (token_id, network, operation, first_at, last_at, times)
     select 'at-v0o' || i, '192.0.2.0/24', 'list_teams', ${day('i', '2026-01-01')}, ${day('i', '2026-01-01')}, 1 from ${numbers(rows.activity)}`,
  ]
  const client = await connected(url)
  try {
    // Filling an index afterwards takes a third of the time.
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `select indexname as name, indexdef as definition from pg_indexes
        where tablename in ('access_tokens', 'audit_events') and indexdef not like 'CREATE UNIQUE%'`,
    )
    const dropped = indexes.map(({ name }) => `drop index ${name}`)
    const created = indexes.map(({ definition }) => definition)
    // Without the triggers that publish changes.
    const first = ['set session_replication_role = replica', ...dropped]
    await client.query([...first, ...statements, ...created].join(';'))
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}
