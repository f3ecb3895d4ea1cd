import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureAgain } from '../../../testing/event-loop/turn-cpu.ts'
import { machine, startAuthority } from '../../../testing/kit.ts'
import { insertTokens } from '../../../testing/many-tokens.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld, realWorld } from '../../world.ts'
import { collectUsage } from './collect-usage.ts'
import { listActivity } from './token-activity-store.ts'

const flushTurnMilliseconds = 10

const numbers = (row: unknown) =>
  Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, Number(value)]))

test('a token used from very many networks has a bounded number of rows', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  const usage = collectUsage(database, world, (error) => assert.fail(error as Error))
  const useFrom = async (third: number, count: number) => {
    for (let fourth = 0; fourth < count; fourth++) usage.recordUse('at-1', `10.${third}.${fourth}.1`, 'ping')
    await usage.flush()
  }
  for (let third = 0; third < 6; third++) await useFrom(third, 100)
  await useFrom(9, 150)
  const uses = await listActivity(database.read, ['at-1'])
  assert.equal(uses.length, 502)
  assert.equal(
    uses.reduce((sum, { times }) => sum + times, 0),
    750,
    'and every use is counted',
  )
  assert.deepEqual(
    uses
      .filter(({ network }) => network === 'others')
      .map(({ operation, times }) => [operation, times])
      .toSorted(),
    [
      ['others', 50],
      ['ping', 200],
    ],
  )
  await usage.stop()
})

test('rejected requests are no use, leave rows for later uses, and are not stored for a deleted token', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database, call } = await startAuthority(t, { world })
  const token = (await call('GET', '/access-tokens/self')).json.data.id
  const usage = collectUsage(database, world, (error) => assert.fail(error as Error))
  for (let third = 0; third < 150; third++) {
    for (const id of [token, 'at-deleted']) usage.recordUse(id, `10.0.${third}.1`, 'ping', 'rejected')
    if (third % 50 === 49) await usage.flush()
  }
  usage.recordUse(token, '192.0.2.1', 'ping', 'rejected')
  assert.equal(usage.wasUsed(token), false)
  usage.recordUse(token, '192.0.2.1', 'ping')
  assert.equal(usage.wasUsed(token), true)
  await usage.flush()
  const uses = await listActivity(database.read, [token])
  assert.deepEqual(await listActivity(database.read, ['at-deleted']), [])
  assert.equal(uses.length, 102)
  assert.equal(
    uses.reduce((sum, { rejected }) => sum + rejected, 0),
    151,
  )
  assert.equal(uses.find(({ network }) => network === '192.0.2.0/24')?.times, 1)
  await usage.stop()
})

test('the times of a row are those of its uses, once it has one', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  const usage = collectUsage(database, world, (error) => assert.fail(error as Error))
  const written: string[][] = []
  for (const [day, outcome] of [
    [1, 'used'],
    [2, 'rejected'],
    [3, 'used'],
  ] as const) {
    world.set(`2030-01-0${day}T00:00:00.000Z`)
    usage.recordUse('at-1', '192.0.2.1', 'ping', outcome)
    await usage.flush()
    const [use] = await listActivity(database.read, ['at-1'])
    written.push([use?.firstAt.slice(8, 10) ?? '', use?.lastAt.slice(8, 10) ?? ''])
  }
  assert.deepEqual(written, [
    ['01', '01'],
    ['01', '01'],
    ['01', '03'],
  ])
  await usage.stop()
})

test('activity that could not be written is written with the next flush', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  let fails = true
  const troubled = {
    ...database,
    withoutTransaction: ((work) =>
      fails
        ? Promise.reject(new Error('busy'))
        : database.withoutTransaction(work)) as typeof database.withoutTransaction,
  }
  const troubles: unknown[] = []
  const usage = collectUsage(troubled, world, (error) => troubles.push(error))
  usage.recordUse('at-1', '192.0.2.1', 'ping')
  await usage.flush()
  fails = false
  usage.recordUse('at-1', '192.0.2.2', 'ping')
  await usage.flush()
  assert.equal(troubles.length, 1)
  const [{ times } = { times: 0 }, ...more] = await listActivity(database.read, ['at-1'])
  assert.deepEqual([times, more.length], [2, 0])
  await usage.stop()
})

for (const [name, store] of Object.entries(stores))
  test(`the activity of 20,000 tokens is written in turns of at most 10 ms (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t), reconcileMilliseconds: 3_600_000 })
    const { database, prepared } = authority
    const { id: owner } = await machine(authority, 'ci')
    await insertTokens(database, { owner, account: prepared.account, count: 20_000 })
    const usage = collectUsage(database, realWorld, (error) => assert.fail(error as Error))
    let flushes = 0
    const { longest } = await measureAgain(async () => {
      flushes += 1
      for (let at = 0; at < 20_000; at++) {
        usage.recordUse(`at-many${String(at).padStart(6, '0')}`, '192.0.2.1', 'ping')
        if (at % 1_000 === 0) await new Promise(setImmediate)
      }
      usage.recordUse('at-many000001', '192.0.2.1', 'ping')
      await usage.flush()
    }, flushTurnMilliseconds)
    assert.ok(longest <= flushTurnMilliseconds, `${longest} ms of CPU in one turn`)
    const [row] = await rawSql(
      database,
      "select count(*) as tokens, sum(times) as times from token_activity where token_id like 'at-many%'",
    )
    assert.deepEqual(numbers(row), { tokens: 20_000, times: 20_001 * flushes })
    const [unused] = await rawSql(
      database,
      "select count(*) as tokens from access_tokens where id like 'at-many%' and last_used_at is null",
    )
    assert.deepEqual(numbers(unused), { tokens: 0 })
    assert.equal(usage.wasUsed('at-many000001'), false)
    await usage.stop()
  })

test('the first use of a token is written with the next flush, further ones are combined for ten flushes', async (t) => {
  const { database } = await startAuthority(t, { world: fixedWorld('2030-01-01T00:00:00.000Z') })
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { promise: failed, reject } = Promise.withResolvers<never>()
  let writes = 0
  const withoutTransaction = ((work) =>
    database.withoutTransaction(work).finally(() => {
      writes += 1
    })) as typeof database.withoutTransaction
  const usage = collectUsage({ ...database, withoutTransaction }, realWorld, reject)
  const timesOf = async (tokenId: string) => Number((await listActivity(database.read, [tokenId]))[0]?.times ?? 0)
  const written: number[] = []
  for (let second = 1; second <= 21; second++) {
    usage.recordUse('at-busy', '192.0.2.1', 'ping')
    if (second === 5) usage.recordUse('at-new', '192.0.2.1', 'ping')
    const before = writes
    t.mock.timers.tick(1_000)
    while ([1, 5, 10, 20].includes(second) && writes === before) await Promise.race([failed, new Promise(setImmediate)])
    written.push(await timesOf('at-busy'))
  }
  assert.deepEqual(written, [...Array(9).fill(1), ...Array(10).fill(10), 20, 20])
  assert.equal(await timesOf('at-new'), 1)
  assert.equal(usage.wasUsed('at-busy'), true)
  await Promise.race([failed, usage.stop()])
  assert.equal(await timesOf('at-busy'), 21)
  assert.equal(writes, 5)
  assert.equal(usage.wasUsed('at-busy'), false)
})

test('a slice that could not be written is kept, and earlier slices are not written twice', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { database } = await startAuthority(t, { world })
  let writes = 0
  const withoutTransaction = ((work) => {
    writes += 1
    return writes === 2 ? Promise.reject(new Error('busy')) : database.withoutTransaction(work)
  }) as typeof database.withoutTransaction
  const usage = collectUsage({ ...database, withoutTransaction }, world, () => undefined)
  const ids = Array.from({ length: 1_000 }, (_, at) => `at-${at}`)
  for (const id of ids) usage.recordUse(id, '192.0.2.1', 'ping')
  await usage.flush()
  await usage.flush()
  const uses = await listActivity(database.read, ids.slice(0, 500))
  const others = await listActivity(database.read, ids.slice(500))
  assert.equal(uses.length + others.length, 1_000)
  assert.ok([...uses, ...others].every(({ times }) => times === 1))
  await usage.stop()
})
