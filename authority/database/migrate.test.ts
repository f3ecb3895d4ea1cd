/** Upgrades of a schema in use, on both databases. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { connected, emptyPostgres, query } from '../../testing/postgres.ts'
import { emptyStores } from '../../testing/stores.ts'
import { type Database, openDatabase, type Where } from './database.ts'
import { migrate } from './migrate.ts'

const opened = async (t: TestContext, where: Where): Promise<Database> => {
  const database = await openDatabase(where)
  t.after(() => database.close())
  return database
}

const applied = async ({ read }: Database): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(read)
  return rows.map(({ name }) => name)
}

/** The migrations of this version and more. Those of this version need no SQL, because they are done. */
const withMore = async (database: Database, more: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries((await applied(database)).map((name) => [name, ''])),
  ...more,
})

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    test('creating a new database and opening an up-to-date one report nothing', async (t) => {
      const where = await emptyStores[kind](t)
      const reported: string[] = []
      for (let i = 0; i < 2; i++) await (await openDatabase(where, { say: (line) => reported.push(line) })).close()
      assert.deepEqual(reported, [])
    })

    test('an upgrade reports each migration in one line, and its end', async (t) => {
      const database = await opened(t, await emptyStores[kind](t))
      const reported: string[] = []
      const more = {
        '0901-a': 'create table a (id {text})',
        '0902-b': 'alter table a add column b {text}; create index a_b on a (b)',
      }
      const migrations = await withMore(database, more)
      await migrate(database, (line) => reported.push(line), migrations)
      assert.deepEqual(reported, [
        'Upgrading the database schema: 0901-a, 1 of 2. Large tables take minutes.',
        'Upgrading the database schema: 0902-b, 2 of 2. Large tables take minutes.',
        'The database schema is up to date.',
      ])
      assert.deepEqual(await applied(database), Object.keys(migrations))
      await migrate(database, (line) => reported.push(line), migrations)
      assert.equal(reported.length, 3)
    })

    test('a failing migration is rolled back, and earlier ones stay', async (t) => {
      const database = await opened(t, await emptyStores[kind](t))
      const before = await applied(database)
      const more = {
        '0901-a': 'create table a (id {text})',
        '0902-b': 'create table b (id {text}); create table a (id {text})',
      }
      const migrations = await withMore(database, more)
      await assert.rejects(
        migrate(database, undefined, migrations),
        /the schema cannot be brought up to date: .*a.* already exists/,
      )
      assert.deepEqual(await applied(database), [...before, '0901-a'])
      await migrate(database, undefined, { ...migrations, '0902-b': 'create table b (id {text})' })
      assert.deepEqual(await applied(database), [...before, '0901-a', '0902-b'])
    })

    test('nodes that upgrade at the same time apply each migration once', async (t) => {
      const where = await emptyStores[kind](t)
      const nodes = await Promise.all(Array.from({ length: 4 }, () => opened(t, where)))
      const migrations = await withMore(nodes[0] as Database, {
        '0901-a': 'create table a (id {text})',
        '0902-b': 'alter table a add column b {text}',
      })
      await Promise.all(nodes.map((node) => migrate(node, undefined, migrations)))
      assert.deepEqual(await applied(nodes[0] as Database), Object.keys(migrations))
    })
  })
}

describe('postgres only', () => {
  test('statement, lock and idle transaction timeouts do not apply to an upgrade', async (t) => {
    const url = await emptyPostgres(t)
    const database = await opened(t, { url, limits: { query: 1_000, statement: 900, idleInTransaction: 900 } })
    const name = new URL(url).pathname.slice(1)
    for (const limit of ['statement_timeout', 'idle_in_transaction_session_timeout'])
      await query(url, `alter database ${name} set ${limit} = '1s'`)
    const migrations = await withMore(database, { '0901-slow': 'create table a (id int); select pg_sleep(1.2)' })
    await migrate(database, undefined, migrations)
    assert.ok((await applied(database)).includes('0901-slow'))
  })

  test('an upgrade waits for a dump that reads the table, reports it, and does not block the table for long', async (t) => {
    const url = await emptyPostgres(t)
    const database = await opened(t, { url })
    await query(url, 'create table dumped (id int)')
    const dump = await connected(`${url}?application_name=pg_dump`)
    await dump.query('begin; lock table dumped in access share mode')
    const { promise: waits, resolve: waiting } = Promise.withResolvers<string>()
    const migrations = await withMore(database, {
      '0901-a': 'create table a (id int); alter table dumped add column b int',
    })
    const upgrade = migrate(database, (line) => /waits/.test(line) && waiting(line), migrations)
    assert.match(await waits, /^The upgrade of the database schema waits for a table that pg_dump \(pid \d+\) uses\.$/)
    // A reader queued after the upgrade's lock request would wait until the dump is done.
    await query(url, 'select * from dumped')
    await dump.query('commit')
    await dump.end()
    await upgrade
    assert.ok((await applied(database)).includes('0901-a'))
  })

  test('the last migration of a real upgrade waits for a dump of every table', async (t) => {
    const url = await emptyPostgres(t)
    await (await openDatabase({ url })).close()
    await query(
      url,
      `delete from migrations where name = '0010-sign-in'; alter table users drop column password_changed_at;
      drop table sessions, passkeys, one_time_links, one_time_passwords, recovery_codes, used_challenges cascade`,
    )
    const dump = await connected(`${url}?application_name=pg_dump`)
    await dump.query('begin; lock table users in access share mode')
    const reported: string[] = []
    const opening = openDatabase(
      { url },
      {
        say: (line) => {
          reported.push(line)
          if (/pg_dump/.test(line)) void dump.query('commit').then(() => dump.end())
        },
      },
    )
    await (await opening).close()
    assert.match(
      reported.join('\n'),
      /^Upgrading .* 0010-sign-in, 1 of 1.*\n.*waits for a table that pg_dump.*\nThe database schema is up to date\.$/,
    )
  })

  test('an upgrade waits while another node has the lock, and reports it', async (t) => {
    const url = await emptyPostgres(t)
    const database = await opened(t, { url })
    const other = await connected(url)
    await other.query('select pg_advisory_lock(829401)')
    const { promise: waits, resolve: waiting } = Promise.withResolvers<string>()
    const upgrade = migrate(database, waiting, await withMore(database, { '0901-a': 'create table a (id {text})' }))
    assert.equal(await waits, 'Waiting for another node that upgrades the database schema.')
    await other.end()
    await upgrade
  })
})
