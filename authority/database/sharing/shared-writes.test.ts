import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { stores } from '../../../testing/stores.ts'
import { type Database, type Db, openDatabase, type Where, type WriteWork } from '../database.ts'
import { DatabaseTrouble } from '../errors.ts'
import { sharedWrites, together } from './shared-writes.ts'

async function open(t: TestContext, where: Where): Promise<Database> {
  const database = await openDatabase(where)
  t.after(() => database.close())
  return database
}

const insertKey = (db: Db, id: string) =>
  sql`insert into data_keys (id, wrapped, master_generation, created_at) values (${id}, '', 1, '2030')`.execute(db)

async function keysIn(database: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from data_keys where created_at = '2030' order by id`.execute(
    database.read,
  )
  return rows.map(({ id }) => id)
}

for (const [name, store] of Object.entries(stores)) {
  test(`calls for the same subject are answered by one call, each with its own value or error (${name})`, async (t) => {
    const database = await open(t, await store(t))
    const loads: (readonly number[])[] = []
    const load = async (keys: readonly number[]) => {
      loads.push(keys)
      return keys.map((key) => (key === 3 ? new TypeError('three') : key * 10))
    }
    const share = sharedWrites(database)
    const results = await Promise.all(
      [1, 2, 3].map((key) => share((db) => together(db, load, key, load).catch((error: Error) => error.message))),
    )
    assert.deepEqual(results, [10, 20, 'three'])
    assert.deepEqual(loads, [[1, 2, 3]])
    assert.equal(await share((db) => together(db, load, 4, load)), 40)
  })

  test(`if one write fails, nothing of it is kept, and the others are written once (${name})`, async (t) => {
    const database = await open(t, await store(t))
    const share = sharedWrites(database)
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((id) =>
        share(async (db) => {
          await insertKey(db, id)
          if (id === 'b') throw new TypeError('b failed')
          return id
        }),
      ),
    )
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
      ['a', 'b failed', 'c'],
    )
    assert.deepEqual(await keysIn(database), ['a', 'c'])
  })
}

test('if the database is lost at commit, no write is repeated, because it may have been written', async (t) => {
  const database = await open(t, await stores.sqlite(t))
  let transactions = 0
  const losing = {
    ...database,
    write: (async (work: WriteWork<unknown>) => {
      transactions += 1
      await database.write(work)
      throw new DatabaseTrouble('The connection was lost')
    }) as Database['write'],
  }
  const share = sharedWrites(losing)
  const results = await Promise.allSettled(['a', 'b'].map((id) => share((db) => insertKey(db, id))))
  assert.ok(results.every((result) => result.status === 'rejected' && result.reason instanceof DatabaseTrouble))
  assert.equal(transactions, 1)
  assert.deepEqual(await keysIn(database), ['a', 'b'])
})

test('at most 64 writes share a transaction', async (t) => {
  const database = await open(t, await stores.sqlite(t))
  const { mock } = t.mock.method(database, 'write')
  const share = sharedWrites(database)
  const written = await Promise.all(Array.from({ length: 130 }, (_, at) => share(async () => at)))
  assert.equal(written.length, 130)
  assert.equal(mock.callCount(), 3)
})
