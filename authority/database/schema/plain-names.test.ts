/** The upgrade that renames tables, columns and stored values, from the schema of every earlier version, on both databases. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { rawSql } from '../../../testing/raw-sql.ts'
import { emptyStores } from '../../../testing/stores.ts'
import type { Database, Where } from '../database.ts'
import { migrate, schemaMigrations } from '../migrate.ts'
import { openPostgres } from '../postgres/postgres.ts'
import { openSqlite } from '../sqlite/sqlite.ts'

const renaming = '0029-plain-names'
const names = Object.keys(schemaMigrations)
const earlier = names.slice(0, names.indexOf(renaming))

const openWithoutSchema = (where: Where): Promise<Database> | Database =>
  'url' in where ? openPostgres(where) : openSqlite({ busyMilliseconds: 5_000, ...where })

/** A database as the version left it whose last migration is this one. */
async function databaseOf(t: TestContext, kind: keyof typeof emptyStores, last: string): Promise<Database> {
  const database = await openWithoutSchema(await emptyStores[kind](t))
  t.after(() => database.close())
  const done = names.slice(0, names.indexOf(last) + 1)
  await migrate(database, undefined, Object.fromEntries(done.map((name) => [name, schemaMigrations[name] ?? ''])))
  return database
}

const at = '2030-01-01T00:00:00.000Z'
const bytes = (database: Database, text: string) =>
  database.kind === 'sqlite' ? `cast('${text}' as blob)` : `'${text}'::bytea`

/** For each migration: rows of the tables that it creates, or values of the columns that it adds. */
const rowsSince = (database: Database): Readonly<Record<string, readonly string[]>> => ({
  '0001-spine': [
    `insert into accounts (id, name, allowed_ips, support_access_enabled, created_at) values ('acc-1', 'One', '[]', 0, '${at}')`,
    `insert into roles (id, name, is_system, created_at) values ('role-1', 'Old', 0, '${at}')`,
    ...['notices:read', 'notice-webhooks:create', 'notice-webhooks:*', 'webhooks:read', 'accounts:read'].map(
      (permission) => `insert into role_permissions (role_id, permission) values ('role-1', '${permission}')`,
    ),
    ...[
      ['at-1', `'["notices:read","notice-webhooks:*","webhooks:*"]'`],
      ['at-2', 'null'],
    ].map(
      ([id, permissions]) =>
        `insert into access_tokens (id, hash, generation, last_characters, owner_kind, owner_id, created_at, family, permissions)
         values ('${id}', ${bytes(database, `${id}`)}, 1, 'abcdef', 'user', 'user-1', '${at}', '${id}', ${permissions})`,
    ),
    `insert into audit_events (id, account_id, action, at, actor_type, subject_type, subject_id, times)
     values ('ae-1', 'acc-1', 'notice-webhooks.created', '${at}', 'users', 'notice-webhooks', 'nwh-1', 1)`,
  ],
  '0002-leaks': [
    `insert into leak_reports (id, account_id, token_id, source, place_key, place_kind, answer, first_seen_at, last_seen_at, times)
     values ('leak-1', 'acc-1', 'at-1', 'github', 'key', 'private', 'revoked', '${at}', '${at}', 3)`,
    ...['ending', 'dead', 'notified'].map(
      (answer) =>
        `insert into leak_reports (id, account_id, token_id, source, place_key, place_kind, answer, first_seen_at, last_seen_at, times)
         values ('leak-${answer}', 'acc-1', 'at-2', 'pypi', '${answer}', 'private', '${answer}', '${at}', '${at}', 3)`,
    ),
    `insert into security_rules (id, account_id, enforce_agent_pool, require_owners_for_service_accounts, leak_sources)
     values ('sr-1', 'acc-1', 0, 0, '[{"source":"\\"answer\\":","confidence":"unplaced","answer":"rotate"},{"source":"pypi","answer":"notify"}]')`,
  ],
  '0003-notices': [
    `insert into notices (id, account_id, kind, at, subject_type, subject_id, data)
     values ('note-1', 'acc-1', 'webhook.test', '${at}', 'notice-webhooks', 'nwh-1', '{}')`,
    `insert into notices (id, account_id, kind, at, subject_type, subject_id, data)
     values ('note-2', 'acc-1', 'token.leaked', '${at}', 'access-tokens', 'at-1', '{"place":{"kind":"public"}}')`,
    `insert into notice_webhooks (id, account_id, url, status, sealed, created_at)
     values ('nwh-1', 'acc-1', 'https://example.com/', 'Active', ${bytes(database, 'sealed')}, '${at}')`,
    `insert into notice_deliveries (id, webhook_id, notice_id, attempt, due_at) values ('nd-1', 'nwh-1', 'note-1', 2, '${at}')`,
  ],
  '0005-token-uses': [
    'list_concerns',
    'list_notices',
    'get_notice',
    'list_notice_webhooks',
    'rotate_notice_webhook_secret',
    'list_token_uses',
    'introspect',
  ].map(
    (operation) =>
      `insert into token_uses (token_id, network, operation, first_at, last_at, times)
       values ('at-1', '192.0.2.0/24', '${operation}', '${at}', '${at}', 7)`,
  ),
  '0006-webhook-rests': [`update notice_webhooks set failures = 6, resting_until = '${at}'`],
  '0007-found-tokens': [
    `insert into found_tokens (id, hash, source, place, request_id, address, due_at, attempts)
     values ('ft-1', ${bytes(database, 'hash')}, 'holder', '{"first":{"kind":"unknown","path":"\\"places\\":"},"others":[],"places":4,"times":5}', 'r', 'a', '${at}', 0)`,
  ],
  '0010-sign-in': [
    `insert into sessions (id, hash, user_id, address, client, created_at, seen_at, proven_at, expires_at)
     values ('ses-1', ${bytes(database, 'hash')}, 'user-1', 'a', 'c', '${at}', '${at}', '2030-01-02T00:00:00.000Z', '${at}')`,
  ],
  '0012-concerns': [
    `insert into verdict_counts (account_id, minute, outcome, times) values ('acc-1', '${at}', 'stale-knowledge', 2)`,
  ],
  '0023-bounded-work': [
    `update leak_reports set places = 4, other_places = '[{"kind":"public","path":"x"}]'`,
    `insert into pending_revocations (id, owner_id, accounts, created_until, reason, told_by) values ('pr-1', 'user-2', '[]', '${at}', 'r', 't')`,
  ],
})

const insertUser = (hasEmailKey: boolean) =>
  `insert into users (id, email, username, status, change_password_on_sign_in, created_at${hasEmailKey ? ', email_key' : ''})
   values ('user-1', 'a@example.com', 'a', 'Active', 0, '${at}'${hasEmailKey ? ", 'a@example.com'" : ''})`

async function fill(database: Database, done: readonly string[]): Promise<void> {
  await rawSql(database, insertUser(done.includes('0016-email-keys')))
  const rows = rowsSince(database)
  for (const name of done) for (const statement of rows[name] ?? []) await rawSql(database, statement)
}

const formerNames = /notice|token_uses|place|resting|proven|answer/

async function listNames(database: Database): Promise<string[]> {
  const all =
    database.kind === 'sqlite'
      ? `select m.name from sqlite_master m union all select m.name || '.' || c.name from sqlite_master m, pragma_table_info(m.name) c`
      : `select relname as name from pg_class where relnamespace = 'public'::regnamespace
         union all select conname from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
         union all select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'`
  return (await rawSql(database, all)).map((row) => (row as { name: string }).name)
}

for (const kind of ['sqlite', 'postgres'] as const)
  describe(kind, () => {
    for (const last of earlier)
      test(`the schema of ${last} is upgraded with its rows, and no former name is left`, async (t) => {
        const database = await databaseOf(t, kind, last)
        const done = names.slice(0, names.indexOf(last) + 1)
        const had = (name: string) => done.includes(name)
        await fill(database, done)
        await migrate(database)
        const read = (text: string) =>
          rawSql(database, text).then((rows) => rows.map((row) => ({ ...(row as object) })))

        assert.deepEqual(
          (await listNames(database)).filter((name) => formerNames.test(name)),
          [],
        )
        assert.deepEqual(
          (await read(`select permission from role_permissions where role_id = 'role-1' order by permission`)).map(
            (row) => (row as { permission?: string }).permission,
          ),
          [
            'accounts:read',
            'notification-webhooks:*',
            'notification-webhooks:create',
            'notifications:read',
            'webhooks:read',
          ],
        )
        assert.deepEqual(await read('select id, permissions from access_tokens order by id'), [
          { id: 'at-1', permissions: '["notifications:read","notification-webhooks:*","webhooks:*"]' },
          { id: 'at-2', permissions: null },
        ])
        assert.deepEqual(await read('select action, subject_type from audit_events'), [
          { action: 'notice-webhooks.created', subjectType: 'notice-webhooks' },
        ])
        if (had('0002-leaks'))
          assert.deepEqual(
            await read(
              `select location_key, location_kind, times, locations, other_locations from leak_reports where id = 'leak-1'`,
            ),
            [
              {
                locationKey: 'key',
                locationKind: 'private',
                times: 3,
                locations: had('0023-bounded-work') ? 4 : 1,
                otherLocations: had('0023-bounded-work') ? '[{"kind":"public","path":"x"}]' : null,
              },
            ],
          )
        if (had('0002-leaks')) {
          assert.deepEqual(await read('select id, action_taken from leak_reports order by id'), [
            { id: 'leak-1', actionTaken: 'revoked' },
            { id: 'leak-dead', actionTaken: 'inactive' },
            { id: 'leak-ending', actionTaken: 'expiring' },
            { id: 'leak-notified', actionTaken: 'notified' },
          ])
          const [rules] = (await read('select leak_sources from security_rules')) as { leakSources: string }[]
          assert.deepEqual(JSON.parse(rules?.leakSources ?? ''), [
            { source: '"answer":', confidence: 'no-location', action: 'rotate' },
            { source: 'pypi', action: 'notify' },
          ])
        }
        if (had('0003-notices')) {
          assert.deepEqual(await read('select id, subject_type, data, mail_due from notifications order by id'), [
            { id: 'note-1', subjectType: 'webhooks', data: '{}', mailDue: 0 },
            { id: 'note-2', subjectType: 'access-tokens', data: '{"place":{"kind":"public"}}', mailDue: 0 },
          ])
          const isOpen = had('0006-webhook-rests')
          assert.deepEqual(await read('select id, failures, circuit_open_until from webhooks'), [
            { id: 'nwh-1', failures: isOpen ? 6 : 0, circuitOpenUntil: isOpen ? at : null },
          ])
          assert.deepEqual(await read('select webhook_id, notification_id, attempt from webhook_deliveries'), [
            { webhookId: 'nwh-1', notificationId: 'note-1', attempt: 2 },
          ])
          await rawSql(database, `delete from notifications where id = 'note-1'`)
          assert.deepEqual(
            await read('select id from webhook_deliveries'),
            [],
            'the foreign key follows the renamed table',
          )
        }
        if (had('0005-token-uses'))
          assert.deepEqual(
            (await read('select operation from token_activity where times = 7 order by operation')).map(
              (row) => (row as { operation?: string }).operation,
            ),
            [
              'get_notification',
              'introspect',
              'list_findings',
              'list_notifications',
              'list_token_activity',
              'list_webhooks',
              'rotate_webhook_secret',
            ],
          )
        if (had('0007-found-tokens'))
          assert.deepEqual(await read('select location from found_tokens'), [
            {
              location: '{"first":{"kind":"unknown","path":"\\"places\\":"},"others":[],"locations":4,"times":5}',
            },
          ])
        if (had('0010-sign-in'))
          assert.deepEqual(await read('select authenticated_at from sessions'), [
            { authenticatedAt: '2030-01-02T00:00:00.000Z' },
          ])
        if (had('0012-concerns'))
          assert.deepEqual(await read('select outcome, cast(times as integer) as times from verdict_counts'), [
            { outcome: 'stale-replica', times: 2 },
          ])
      })
  })
