/** Lists on SQLite run on two threads. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { stores } from '../../../testing/stores.ts'
import { type Db, openDatabase } from '../database.ts'
import { continueFunction } from './sqlite-functions.ts'

async function openLists(t: TestContext) {
  const database = await openDatabase(await stores.sqlite(t))
  t.after(() => database.close())
  return database
}

const short = (db: Db) => db.selectFrom('accounts').select('id').execute()

/** Runs until it is stopped. */
const endless = (db: Db) =>
  sql`with recursive n (i) as (select 1 union all select 1 from n where ${sql.raw(continueFunction)}()) select count(*) from n`.execute(
    db,
  )

test('a list that is requested during a long search is read before the search ends', async (t) => {
  const database = await openLists(t)
  const search = new AbortController()
  const searching = endless(database.lists(search.signal))
  for (let turn = 0; turn < 3; turn++) await short(database.lists(t.signal))
  search.abort(new Error('left'))
  await assert.rejects(searching, /^Error: left$/)
})

test('a statement whose reader left stops, and its thread serves those that wait', async (t) => {
  const database = await openLists(t)
  const readers = [new AbortController(), new AbortController(), new AbortController()] as const
  const left = readers.map(({ signal }) => assert.rejects(endless(database.lists(signal)), /^Error: left$/))
  // By then all have been handed over.
  await new Promise(setImmediate)
  const waiting = Array.from({ length: 5 }, () => short(database.lists(t.signal)))
  // The third one waits, as the first two occupy the threads.
  readers[2].abort(new Error('left'))
  await left[2]
  readers[0].abort(new Error('left'))
  await left[0]
  await Promise.all(waiting)
  readers[1].abort(new Error('left'))
  await left[1]
  await Promise.all(Array.from({ length: 5 }, () => short(database.lists(t.signal))))
  await assert.rejects(short(database.lists(readers[0].signal)), /^Error: left$/)
})

test('closing the database stops statements and refuses those that wait', async (t) => {
  const database = await openDatabase(await stores.sqlite(t))
  const all = [1, 2, 3].map(() => assert.rejects(endless(database.lists(t.signal)), /is closed/))
  await new Promise(setImmediate)
  await database.close()
  await Promise.all(all)
})
