import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { migratedStore } from '../../../testing/kit.ts'
import { type Db, openDatabase } from '../database.ts'

test('other work is served between long writes of the same commit', async (t) => {
  const database = await openDatabase(await migratedStore(t))
  t.after(() => database.close())
  const order: string[] = []
  const long = async (name: string) => {
    order.push(name)
    const end = performance.now() + 20
    while (performance.now() < end);
    setImmediate(() => order.push('other work'))
  }
  await Promise.all(['first', 'second'].map((name) => database.write(() => long(name))))
  assert.deepEqual(order, ['first', 'other work', 'second', 'other work'])
})

test('other work is served while the writes of one commit are answered', async (t) => {
  const database = await openDatabase(await migratedStore(t))
  t.after(() => database.close())
  let turns = 0
  const turn = () => {
    turns += 1
    counting = setImmediate(turn)
  }
  let counting = setImmediate(turn)
  const writes = Array.from({ length: 64 }, () => database.write(async () => turns).then((wrote) => [wrote, turns]))
  const answered = await Promise.all(writes)
  clearImmediate(counting)
  assert.equal(new Set(answered.map(([wrote]) => wrote)).size, 1, 'all in one turn and commit')
  const perTurn = Map.groupBy(answered, ([, turn]) => turn)
  assert.ok(Math.max(...[...perTurn.values()].map(({ length }) => length)) <= 8)
})

test('a commit is flushed to disk unless all of its writes can be flushed later', async (t) => {
  const database = await openDatabase(await migratedStore(t))
  t.after(() => database.close())
  const isFlushed = async (db: Db) => {
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db)
    return rows[0]?.synchronous === 2
  }
  const write = () => database.write(isFlushed)
  const later = () => database.withoutTransaction(isFlushed, 'later')
  assert.deepEqual(await write(), true)
  assert.deepEqual(await Promise.all([later(), later()]), [false, false])
  assert.deepEqual(await Promise.all([later(), write()]), [true, true])
  assert.deepEqual(await later(), false)
  assert.deepEqual(await write(), true)
  assert.deepEqual(await database.withoutTransaction(isFlushed), true)
})
