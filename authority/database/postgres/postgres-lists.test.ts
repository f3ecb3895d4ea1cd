/** Lists do not take connections from other requests, and have a time limit of their own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { connected, emptyPostgres } from '../../../testing/postgres.ts'
import { type Db, openDatabase } from '../database.ts'

test('slow lists, however many, do not delay writes', async (t) => {
  const url = await emptyPostgres(t)
  const database = await openDatabase({ url, pool: 2 })
  t.after(() => database.close())
  const holder = await connected(url)
  await holder.query('select pg_advisory_lock(1)')
  const slow = Array.from({ length: 6 }, () => sql`select pg_advisory_lock_shared(1)`.execute(database.lists))
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
  await sleep(database.lists, 0.4)
  await assert.rejects(sleep(database.lists, 60), /statement timeout/)
})
