/** Lists do not take connections from other requests, and have a time limit of their own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { eventually } from '../../../testing/eventually.ts'
import { connected, emptyPostgres } from '../../../testing/postgres.ts'
import { type Db, openDatabase } from '../database.ts'

test('slow lists, however many, do not delay writes', async (t) => {
  const url = await emptyPostgres(t)
  const database = await openDatabase({ url, pool: 2 })
  t.after(() => database.close())
  const holder = await connected(url)
  await holder.query('select pg_advisory_lock(1)')
  const slow = Array.from({ length: 6 }, () => sql`select pg_advisory_lock_shared(1)`.execute(database.lists(t.signal)))
  await database.write((db) => sql`select 1`.execute(db))
  await holder.end()
  await Promise.all(slow)
})

test('a list may take longer than other statements, but not forever', async (t) => {
  const url = await emptyPostgres(t)
  const database = await openDatabase({ url, limits: { statement: 300, query: 60_000, list: 2_000 } })
  t.after(() => database.close())
  const sleep = (db: Db, seconds: number) => sql`select pg_sleep(${seconds})`.execute(db)
  await assert.rejects(sleep(database.read, 60), /statement timeout/)
  await sleep(database.lists(t.signal), 0.4)
  await assert.rejects(sleep(database.lists(t.signal), 60), /statement timeout/)
})

/** As many as lists have connections. */
const connections = 4

test('a statement whose reader left is cancelled, and its connection is used again', async (t) => {
  const database = await openDatabase({ url: await emptyPostgres(t) })
  t.after(() => database.close())
  const reader = new AbortController()
  const left = Array.from({ length: connections }, () =>
    assert.rejects(sql`select pg_sleep(60)`.execute(database.lists(reader.signal)), /^Error: left$/),
  )
  const sleeping = sql<{ pid: number }>`
    select pid from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database()`
  const pids = await eventually('all statements run', async () => {
    const { rows } = await sleeping.execute(database.read)
    return rows.length === connections ? rows.map(({ pid }) => pid) : undefined
  })
  const own = sql<{ pid: number }>`select pg_backend_pid() as pid`
  const behind = Array.from({ length: connections }, () => own.execute(database.lists(t.signal)))
  reader.abort(new Error('left'))
  await Promise.all(left)
  for (const { rows } of await Promise.all(behind)) assert.ok(pids.includes(rows[0]?.pid ?? 0))
  await assert.rejects(sql`select 1`.execute(database.lists(reader.signal)), /^Error: left$/)
})

test('a statement that completes before it can be cancelled does not affect the next one', async (t) => {
  const database = await openDatabase({ url: await emptyPostgres(t) })
  t.after(() => database.close())
  for (let turn = 0; turn < 20; turn++) {
    const reader = new AbortController()
    const short = sql`select 1`.execute(database.lists(reader.signal))
    setImmediate(() => reader.abort())
    await short.catch(() => undefined)
    await sql`select 1`.execute(database.lists(t.signal))
  }
})
