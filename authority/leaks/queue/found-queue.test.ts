import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hashToken } from '@mintmark/token'
import { turnsOf } from '../../../testing/event-loop/turns-of.ts'
import { preparedDatabase } from '../../../testing/prepared/prepared-database.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import type { Context } from '../../context.ts'
import { fixedWorld } from '../../world.ts'
import type { LeakIntake } from '../process-reports.ts'
import { openFoundQueue } from './found-queue.ts'

const now = '2030-01-01T00:00:00.000Z'
const requester = { id: 'req-1', address: '192.0.2.1' }
const at = (seconds: number) => new Date(Date.parse(now) + seconds * 1_000).toISOString()
const found = (...tokens: string[]) =>
  tokens.map((text) => ({ text, location: { kind: 'public', url: `https://x.example/${text}` } as const }))
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, number) => `at-${prefix}-${number}`)

async function setUp(t: TestContext) {
  const world = fixedWorld(now)
  const store = await preparedDatabase(t, world)
  /** What `write` waits for, or fails with. */
  let gate: Promise<void> = Promise.resolve()
  const [counted, troubles]: [string[], unknown[]] = [[], []]
  let [writing, mostWriting] = [0, 0]
  const intake: LeakIntake = {
    database: {
      ...store.database,
      write: async (work) => {
        writing += 1
        mostWriting = Math.max(writing, mostWriting)
        try {
          await gate
          return await store.write(work)
        } finally {
          writing -= 1
        }
      },
    },
    baseContext: { world } as unknown as Context,
    isIssuedHere: (text) => text.startsWith('at-'),
    notify: async () => undefined,
    count: (source, action) => void counted.push(`${source} ${action}`),
    afterWrite: async () => void counted.push('written'),
  }
  const open = () => openFoundQueue(intake, (error) => void troubles.push(error))
  const hold = () => {
    const held = Promise.withResolvers<void>()
    gate = held.promise
    return held
  }
  const rows = () => store.database.read.selectFrom('foundTokens').selectAll().orderBy('dueAt').execute()
  /** Waits until that many reports are stored and the queue has begun to process them. */
  const stored = async (count: number) => {
    while ((await rows()).length < count) await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  const reports = () => store.database.read.selectFrom('leakReports').selectAll().execute()
  const isRevoked = async (id: string) => {
    const row = store.database.read.selectFrom('accessTokens').select('revokedAt').where('id', '=', id)
    return (await row.executeTakeFirstOrThrow()).revokedAt !== null
  }
  const most = () => mostWriting
  return { ...store, world, open, hold, counted, troubles, rows, stored, reports, isRevoked, most }
}

test('the results have the order of the reports', async (t) => {
  const { insertTokens, open, counted, rows } = await setUp(t)
  await insertTokens({ id: 'at-one' }, { id: 'at-two', revokedAt: '2030' })
  const queue = open()
  assert.deepEqual(await queue.process('github', found('foreign'), requester), [null])
  assert.deepEqual(counted.splice(0), ['github foreign'], 'nothing was stored')
  const tokens = ['foreign', 'at-one', 'at-two', 'at-one', 'at-unknown']
  const results = await queue.process('github', found(...tokens), requester)
  assert.deepEqual(results, [null, 'revoked', 'inactive', 'inactive', null])
  const ours = ['revoked', 'inactive', 'inactive', 'foreign'].map((action) => `github ${action}`)
  assert.deepEqual([counted, await rows()], [['github foreign', 'written', ...ours], []])
})

test('reports of one token by a holder are one', async (t) => {
  const { insertTokens, open, reports } = await setUp(t)
  await insertTokens({ id: 'at-one' }, { id: 'at-two' })
  const queue = open()
  assert.deepEqual(await queue.process('holder', found('at-one', 'at-two', 'at-one'), requester), [
    'revoked',
    'revoked',
  ])
  assert.deepEqual((await reports()).map(({ tokenId, times }) => [tokenId, times]).toSorted(), [
    ['at-one', 2],
    ['at-two', 1],
  ])
})

test('a report is stored before it is processed, without the token', async (t) => {
  const { insertTokens, open, hold, rows, isRevoked, database } = await setUp(t)
  await insertTokens({ id: 'at-one' })
  const queue = open()
  const held = hold()
  assert.deepEqual(await queue.process('github', found('at-one', 'foreign'), requester, 1), ['later', null])
  const [{ id, hash, location, ...row } = {} as never, ...others] = await rows()
  assert.match(id, /^ft-/)
  assert.deepEqual([Buffer.from(hash), others], [Buffer.from(hashToken('at-one')), []])
  const { first, times } = JSON.parse(location)
  assert.deepEqual([first, times], [{ kind: 'public', url: 'https://x.example/at-one' }, 1])
  assert.deepEqual(
    { ...row },
    { source: 'github', requestId: 'req-1', address: '192.0.2.1', dueAt: at(60), attempts: 0 },
  )
  held.resolve()
  await queue.stop()
  assert.deepEqual([await rows(), await isRevoked('at-one')], [[], true])
  const events = await rawSql(database, "select request_id, address from audit_events where action like 'leak%'")
  assert.deepEqual(events, [{ requestId: 'req-1', address: '192.0.2.1' }])
})

test('a call that is processed in time does not wait for its timeout', async (t) => {
  const { insertTokens, open } = await setUp(t)
  await insertTokens({ id: 'at-one' })
  assert.deepEqual(await open().process('github', found('at-one'), requester, 3_600_000), ['revoked'])
  // A timer that is left would keep this process alive.
  assert.ok(!process.getActiveResourcesInfo().includes('Timeout'))
})

test('calls take turns in batches of 25, two at once', async (t) => {
  const { open, hold, counted, stored, most } = await setUp(t)
  const queue = open()
  const held = hold()
  const sizes = { first: 60, second: 26, third: 5, fourth: 2 }
  const calls: Promise<unknown>[] = []
  let total = 0
  for (const [source, size] of Object.entries(sizes)) {
    calls.push(queue.process(source, found(...many(source, size)), requester))
    total += size
    await stored(total)
  }
  held.resolve()
  await Promise.all(calls)
  const processed: [source: string, count: number][] = []
  for (const line of counted.filter((each) => each !== 'written')) {
    const [source = ''] = line.split(' ')
    const last = processed.at(-1)
    if (last?.[0] === source) last[1] += 1
    else processed.push([source, 1])
  }
  assert.deepEqual(processed, [
    ['first', 25],
    ['second', 25],
    ['third', 5],
    ['fourth', 2],
    ['first', 25],
    ['second', 1],
    ['first', 10],
  ])
  assert.equal(most(), 2)
})

test('a batch that fails stays stored, and its call continues', async (t) => {
  const { open, hold, rows, stored, troubles } = await setUp(t)
  const queue = open()
  const held = hold()
  const call = queue.process('github', found(...many('one', 26)), requester)
  await stored(26)
  held.reject(new Error('lost'))
  assert.deepEqual(await call, Array(26).fill('later'))
  assert.deepEqual([(await rows()).length, troubles.map(String)], [26, ['Error: lost', 'Error: lost']])
})

test('after a stop, the running batch ends and the rest stays stored', async (t) => {
  const { open, hold, rows, stored } = await setUp(t)
  const queue = open()
  const held = hold()
  const call = queue.process('github', found(...many('one', 26)), requester)
  await stored(26)
  const stopped = queue.stop()
  held.resolve()
  await stopped
  assert.deepEqual(await call, [...Array(25).fill(null), 'later'])
  const [left, ...others] = await rows()
  assert.deepEqual([left?.dueAt, others], [at(60), []])
  assert.equal(await queue.workLeft(), 0)
  assert.equal((await rows()).length, 1)
})

test('reports that another process left are due at the start, others when their process had its time', async (t) => {
  const { world, insertTokens, open, hold, rows, counted, isRevoked } = await setUp(t)
  await insertTokens({ id: 'at-one' }, { id: 'at-two' })
  const gone = open()
  hold()
  await gone.process('github', found('at-one'), requester, 1)
  hold().resolve()
  const queue = open()
  world.set(at(0.001))
  const held = hold()
  await queue.process('github', found('at-two'), requester, 1)
  hold().resolve()
  assert.equal(await queue.workLeft(), 1)
  assert.deepEqual([await isRevoked('at-one'), await isRevoked('at-two')], [true, false])
  counted.length = 0
  assert.deepEqual([await queue.workLeft(), counted], [0, []])
  world.set(at(60.001))
  assert.equal(await queue.workLeft(), 1)
  assert.deepEqual([await isRevoked('at-two'), await rows()], [true, []])
  held.resolve()
  await queue.stop()
  assert.deepEqual(
    counted.filter((line) => line !== 'written'),
    ['github revoked'],
    'no report is processed twice',
  )
})

test('a report that fails does not block others, is retried ever later, and is never given up', async (t) => {
  const { world, insertTokens, open, rows, troubles, isRevoked, database } = await setUp(t)
  await insertTokens({ id: 'at-bad' }, { id: 'at-good' })
  const insert = async (id: string, location: string) => {
    const row = { id: `ft-${id}`, hash: hashToken(id), source: 'github', location, attempts: 0, dueAt: now }
    const values = { ...row, requestId: 'req-1', address: '192.0.2.1' }
    await database.write(async (db) => void (await db.insertInto('foundTokens').values(values).execute()))
  }
  await insert('at-bad', 'no json')
  await insert('at-good', '{"kind":"public"}')
  const queue = open()
  assert.equal(await queue.workLeft(), 2)
  assert.deepEqual([await isRevoked('at-bad'), await isRevoked('at-good'), troubles.length], [false, true, 1])
  let due = Date.parse(now)
  const pauses: number[] = []
  for (let attempt = 1; attempt <= 12; attempt++) {
    const [row] = await rows()
    assert.equal(row?.attempts, attempt)
    const next = Date.parse(row?.dueAt ?? '')
    pauses.push((next - due) / 3_600_000)
    due = next
    world.set(new Date(due - 1).toISOString())
    assert.equal(await queue.workLeft(), 0)
    world.set(new Date(due).toISOString())
    assert.equal(await queue.workLeft(), 1)
  }
  const [first = 0, ...later] = pauses
  assert.ok(first * 3_600 >= 5 && first * 3_600 <= 6.25, String(pauses))
  for (const pause of later.slice(-3)) assert.ok(pause >= 24 && pause <= 30, String(pauses))
})

test('other work is served while a long report is checked, after every 200 tokens', async (t) => {
  const { open } = await setUp(t)
  const queue = open()
  const long = found(...Array.from({ length: 500 }, () => 'foreign'))
  assert.equal(await turnsOf(() => queue.process('github', long, requester)), 2)
})
