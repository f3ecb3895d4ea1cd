/** The triggers that publish changes, on both databases: which writes publish which changes. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { dropChangeTriggers } from '../../../testing/changes.ts'
import { masterKeys } from '../../../testing/kit.ts'
import { connected } from '../../../testing/postgres.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { emptyStores } from '../../../testing/stores.ts'
import { initializeStore } from '../../setup/initialize-store.ts'
import { realWorld } from '../../world.ts'
import { type Database, openDatabase } from '../database.ts'
import { changeTriggers } from './change-triggers.ts'
import { type Watched, watchedTables } from './watched-tables.ts'

const kinds = ['sqlite', 'postgres'] as const

const sample: Watched = {
  table: 'samples',
  kind: 'owner',
  key: 'owner_id',
  columns: ['id', 'owner_id', 'status'],
  absentOnceSet: 'gone_at',
  events: ['insert', 'update', 'delete'],
}

async function open(t: TestContext, kind: keyof typeof emptyStores) {
  const where = await emptyStores[kind](t)
  const database = await openDatabase(where)
  t.after(() => database.close())
  return { where, database }
}

const newest = async (database: Database): Promise<number> => {
  const [row] = (await rawSql(database, 'select coalesce(max(sequence), 0) as newest from changes')) as [
    { newest: number },
  ]
  return row.newest
}

/** The changes published while `work` runs, in order. */
async function publishedBy(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const before = await newest(database)
  await work()
  const rows = (await rawSql(
    database,
    `select kind, key from changes where sequence > ${before} and mark is not null order by key`,
  )) as { kind: string; key: string }[]
  return rows.map(({ kind, key }) => `${kind} ${key}`)
}

/** A table with watched columns, an unwatched column, and rows. */
async function withSamples(t: TestContext, kind: keyof typeof emptyStores) {
  const { database } = await open(t, kind)
  await rawSql(database, 'create table parents (id varchar(20) primary key)')
  await rawSql(
    database,
    `create table samples (id varchar(20) primary key, owner_id varchar(20), status varchar(20), name varchar(20), gone_at varchar(20),
     parent_id varchar(20) references parents (id) on delete cascade)`,
  )
  await rawSql(database, "insert into parents values ('p1'), ('p2')")
  for (const statement of changeTriggers([sample])[kind]) await rawSql(database, statement)
  await rawSql(
    database,
    `insert into samples (id, owner_id, status, name, gone_at, parent_id) values
     ('1', 'o1', 'a', 'n', null, 'p1'), ('2', 'o1', null, 'n', null, 'p1'), ('3', 'o2', 'a', 'n', null, 'p1'), ('4', 'o3', 'a', 'n', 'long ago', 'p2')`,
  )
  return database
}

/** A statement and the changes that it publishes; on SQLite there may be more, because triggers run per row. */
const cases: readonly { statement: string; publishes: readonly string[]; onSqlite?: readonly string[] }[] = [
  { statement: "insert into samples (id, owner_id) values ('5', 'o5')", publishes: ['owner o5'] },
  {
    statement: "insert into samples (id, owner_id) values ('5', 'o5'), ('6', 'o5'), ('7', 'o7')",
    publishes: ['owner o5', 'owner o7'],
    onSqlite: ['owner o5', 'owner o5', 'owner o7'],
  },
  { statement: "insert into samples (id, owner_id, gone_at) values ('5', 'o5', 'now')", publishes: [] },
  { statement: "insert into samples (id, owner_id) values ('1', 'o5') on conflict do nothing", publishes: [] },
  {
    statement:
      "insert into samples (id, owner_id) values ('1', 'o5') on conflict (id) do update set status = excluded.owner_id",
    publishes: ['owner o1'],
  },
  { statement: "update samples set status = 'b' where id = '3'", publishes: ['owner o2'] },
  { statement: "update samples set status = null where id = '3'", publishes: ['owner o2'] },
  { statement: "update samples set status = 'a' where id = '2'", publishes: ['owner o1'] },
  { statement: "update samples set status = status, name = 'other'", publishes: [] },
  { statement: "update samples set name = 'other'", publishes: [] },
  {
    statement: "update samples set status = 'b'",
    publishes: ['owner o1', 'owner o2'],
    onSqlite: ['owner o1', 'owner o1', 'owner o2'],
  },
  { statement: "update samples set status = 'b' where id = 'none'", publishes: [] },
  { statement: "update samples set owner_id = 'o9' where id = '3'", publishes: ['owner o2', 'owner o9'] },
  { statement: "update samples set id = '9' where id = '3'", publishes: ['owner o2'] },
  { statement: "update samples set gone_at = 'now' where id = '3'", publishes: ['owner o2'] },
  { statement: "update samples set gone_at = null where id = '4'", publishes: ['owner o3'] },
  { statement: "update samples set status = 'b', gone_at = 'now' where id = '4'", publishes: [] },
  { statement: "delete from samples where id = '3'", publishes: ['owner o2'] },
  { statement: "delete from samples where id = '4'", publishes: [] },
  {
    statement: "delete from parents where id in ('p1', 'p2')",
    publishes: ['owner o1', 'owner o2'],
    onSqlite: ['owner o1', 'owner o1', 'owner o2'],
  },
]

for (const kind of kinds)
  describe(kind, () => {
    test('a write publishes its changes of watched columns and nothing else', async (t) => {
      const database = await withSamples(t, kind)
      for (const { statement, publishes, onSqlite } of cases) {
        let found: string[] = []
        const undone = database.write(async (db) => {
          const before = await sql<{ n: number }>`select coalesce(max(sequence), 0) as n from changes`.execute(db)
          await sql.raw(statement).execute(db)
          const { rows } = await sql<{ text: string; mark: string }>`
            select kind || ' ' || key as text, mark from changes where sequence > ${before.rows[0]?.n} order by key, sequence`.execute(
            db,
          )
          found = rows.map(({ text }) => text)
          const marks = new Set(rows.map(({ mark }) => mark))
          assert.deepEqual([marks.size, marks.has(null as never)], [rows.length, false], 'each change has its own mark')
          throw new Error('undone')
        })
        await assert.rejects(undone, /undone/)
        const expected = kind === 'sqlite' ? (onSqlite ?? publishes) : publishes
        assert.deepEqual(found, expected, statement)
      }
    })

    test('a write that is rolled back publishes nothing', async (t) => {
      const database = await withSamples(t, kind)
      const published = await publishedBy(database, async () => {
        const undone = database.write(async (db) => {
          await sql`update samples set status = 'b'`.execute(db)
          throw new Error('undone')
        })
        await assert.rejects(undone, /undone/)
      })
      assert.deepEqual(published, [])
    })

    test('a write still returns the number of written rows and their values', async (t) => {
      const database = await withSamples(t, kind)
      await database.write(async (db) => {
        const all = db as never as import('kysely').Kysely<{ samples: { id: string; status: string | null } }>
        const updated = await all.updateTable('samples').set({ status: 'b' }).executeTakeFirstOrThrow()
        assert.equal(updated.numUpdatedRows, 4n)
        const returned = await all.updateTable('samples').set({ status: 'c' }).returning('id').execute()
        assert.equal(returned.length, 4)
        const deleted = await all.deleteFrom('samples').where('id', '!=', '1').executeTakeFirstOrThrow()
        assert.equal(deleted.numDeletedRows, 3n)
      })
    })

    test('every watched table has its triggers in a new store and in an upgraded store with data', async (t) => {
      const { where, database } = await open(t, kind)
      const host = 'mintmark.internal'
      await initializeStore(database, realWorld, masterKeys, { host })
      const declared = watchedTables.flatMap(({ table, events }) => events.map((event) => `publish_${table}_${event}`))
      assert.deepEqual(await triggersOf(database), declared.toSorted())
      await dropChangeTriggers(database)
      assert.deepEqual(await triggersOf(database), [])
      await rawSql(database, "delete from migrations where name = '0028-change-triggers'")
      // The physical location of a row in PostgreSQL, which any write changes.
      const place = kind === 'postgres' ? 'ctid::text, xmin::text, ' : ''
      const rows = () =>
        Promise.all(
          [...new Set(watchedTables.map(({ table }) => table))].map((table) =>
            rawSql(database, `select ${place}${table}.* from ${table}`),
          ),
        )
      const before = await rows()
      const upgraded = await openDatabase(where)
      t.after(() => upgraded.close())
      assert.deepEqual(await triggersOf(database), declared.toSorted())
      assert.deepEqual(await rows(), before)
      assert.deepEqual(
        await publishedBy(database, () => rawSql(database, "update users set status = 'Inactive'")),
        ((await rawSql(database, 'select id from users')) as { id: string }[]).map(({ id }) => `owner ${id}`),
      )
    })
  })

async function triggersOf(database: Database): Promise<string[]> {
  const rows = (await rawSql(
    database,
    database.kind === 'sqlite'
      ? `select name from sqlite_master where type = 'trigger' order by name`
      : `select tgname::text collate "C" as name from pg_trigger where not tgisinternal and tgname like 'publish%' order by 1`,
  )) as { name: string }[]
  return rows.map(({ name }) => name)
}

test('postgres: a session with another search path publishes as well', async (t) => {
  const { where, database } = await open(t, 'postgres')
  await initializeStore(database, realWorld, masterKeys, { host: 'mintmark.internal' })
  const client = await connected((where as { url: string }).url)
  t.after(() => client.end())
  const published = await publishedBy(database, async () => {
    await client.query(`set search_path = pg_catalog; update public.accounts set allowed_ips = '["192.0.2.0/24"]'`)
  })
  assert.equal(published.length, 1)
})

test('a change of the watched tables or of the generated SQL requires a migration that reinstalls the triggers', () => {
  const made = createHash('sha256')
    .update(JSON.stringify(changeTriggers(watchedTables)))
    .digest('hex')
  assert.equal(
    made.slice(0, 16),
    'b717006d7c381132',
    'Add a migration that runs changeTriggers(watchedTables), make the one before it empty, and put the new digest here.',
  )
})
