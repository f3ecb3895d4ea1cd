import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { preparedDatabase } from '../../testing/prepared/prepared-database.ts'
import { fixedWorld } from '../world.ts'
import { countFailures, type Failure } from './failures.ts'

const day = 86_400_000
const start = Date.parse('2030-01-01T00:00:00.000Z')
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()

async function setUp(t: TestContext) {
  const world = fixedWorld(at(0))
  const { database, account, user, insertAccount } = await preparedDatabase(t, world)
  const second = 'acc-second'
  await insertAccount(second)
  let isLost = false
  const failing: typeof database = {
    ...database,
    write: (work) => (isLost ? Promise.reject(new Error('lost')) : database.write(work)),
  }
  const accounts = new Map([[user, [account, second]]])
  const failures = countFailures(failing, world, (id) => accounts.get(id) ?? [])
  const failed = (rest: Partial<Failure> = {}, times = 1) => {
    const failure: Failure = {
      userId: user,
      reason: 'wrong-password',
      during: 'sign-in',
      address: '192.0.2.1',
      requestId: 'req-1',
      ...rest,
    }
    for (let time = 0; time < times; time++) failures.count(failure)
  }
  const events = async () => {
    const rows = await database.read
      .selectFrom('auditEvents')
      .selectAll()
      .where('action', 'in', ['sessions.failed', 'sessions.limited'])
      .orderBy('id')
      .execute()
    return rows.map((row) => ({ ...row, after: JSON.parse(row.after ?? 'null') }))
  }
  const notified = async () => {
    const rows = database.read.selectFrom('notifications').selectAll().where('kind', '=', 'sign-in.failed')
    return (await rows.orderBy('at').execute()).map(({ ownerId, data }) => ({ ownerId, ...JSON.parse(data) }))
  }
  const attempts = async () => {
    const rows = await database.read.selectFrom('accounts').selectAll().orderBy('id', 'desc').execute()
    return rows.map(({ loginAttempts, lastLoginAttemptAt }) => [loginAttempts, lastLoginAttemptAt])
  }
  const flush = () => failures.flush()
  const lose = (isNow: boolean) => {
    isLost = isNow
  }
  return { world, account, second, user, failures, failed, events, notified, attempts, flush, lose }
}

test('failures are counted per person, reason, occasion and address, with one event per account', async (t) => {
  const { account, second, user, failed, events, flush } = await setUp(t)
  failed({}, 2)
  failed({ requestId: 'req-2' })
  failed({ during: 're-authentication' })
  failed({ address: null })
  failed({ reason: 'too-many-attempts' })
  failed({ userId: null, reason: 'unknown-person' })
  failed({ userId: 'user-elsewhere' })
  await flush()
  await flush()
  const seen = (await events()).map((row) => [
    row.action,
    row.accountId,
    row.subjectId,
    row.address,
    row.requestId,
    row.after.reason,
    row.after.during,
    row.times,
  ])
  const of = (action: string, times: number, rest: { during?: string; address?: null; reason?: string }) =>
    [account, second].map((id) => [
      action,
      id,
      user,
      'address' in rest ? null : '192.0.2.1',
      'req-1',
      rest.reason ?? 'wrong-password',
      rest.during ?? 'sign-in',
      times,
    ])
  const without = (subject: string | null, reason: string) => [
    ['sessions.failed', null, subject, '192.0.2.1', 'req-1', reason, 'sign-in', 1],
  ]
  const wanted = [
    ...of('sessions.failed', 3, {}),
    ...of('sessions.failed', 1, { during: 're-authentication' }),
    ...of('sessions.failed', 1, { address: null }),
    ...of('sessions.limited', 1, { reason: 'too-many-attempts' }),
    ...without(null, 'unknown-person'),
    ...without('user-elsewhere', 'wrong-password'),
  ]
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted()
  assert.deepEqual(sorted(seen), sorted(wanted))
  assert.deepEqual([...new Set((await events()).map((row) => row.subjectType))], ['users'])
})

test('beyond 1,000 different rows, failures are counted by reason only', async (t) => {
  const { failed, events, flush } = await setUp(t)
  for (let person = 0; person < 1_000; person++) failed({ userId: `user-${person}` })
  failed({ userId: 'user-beyond' }, 2)
  failed({ userId: 'user-0' })
  failed({ userId: 'user-beyond', during: 're-authentication' })
  await flush()
  const rows = (await events()).map(({ subjectId, address, requestId, after, times }) => ({
    subjectId,
    address,
    requestId,
    ...after,
    times,
  }))
  assert.equal(rows.length, 1_002)
  assert.equal(rows.find(({ subjectId }) => subjectId === 'user-0')?.times, 2)
  const byReason = { subjectId: null, address: null, requestId: null, reason: 'wrong-password' }
  assert.deepEqual(
    rows.filter(({ subjectId }) => subjectId === null).toSorted((a, b) => a.times - b.times),
    [
      { ...byReason, during: 're-authentication', times: 1 },
      { ...byReason, during: 'sign-in', times: 2 },
    ],
  )
})

test('failures that could not be written are written later, with those counted since', async (t) => {
  const { failed, events, attempts, flush, lose } = await setUp(t)
  failed({}, 2)
  lose(true)
  await assert.rejects(flush(), /lost/)
  assert.deepEqual(await attempts(), [
    [null, null],
    [null, null],
  ])
  failed()
  lose(false)
  await flush()
  assert.deepEqual(
    (await events()).map(({ times }) => times),
    [3, 3],
  )
})

test('each account counts the failed attempts of its people since their last sign-in', async (t) => {
  const { world, account, user, failures, failed, attempts, flush } = await setUp(t)
  const both = (count: number, time: number) => [
    [count, at(time)],
    [count, at(time)],
  ]
  await flush()
  assert.deepEqual(await attempts(), [
    [null, null],
    [null, null],
  ])
  failed({}, 2)
  failed({ reason: 'wrong-code' })
  failed({ userId: null })
  await flush()
  assert.deepEqual(await attempts(), both(3, 0))
  world.set(at(1))
  failures.succeeded(user)
  await flush()
  assert.deepEqual(await attempts(), both(0, 1))
  world.set(at(2))
  failures.succeeded(user)
  failed()
  await flush()
  assert.deepEqual(await attempts(), both(1, 2))
  world.set(at(3))
  await flush()
  failures.succeeded('user-elsewhere')
  await flush()
  assert.deepEqual(await attempts(), both(1, 2), account)
})

test('a person is notified of many failures or of wrong codes, with up to five addresses', async (t) => {
  const { world, user, failed, notified, flush } = await setUp(t)
  failed({ address: null }, limits.failedSignInsUntilNotification - 1)
  failed({ userId: null }, limits.failedSignInsUntilNotification)
  await flush()
  assert.deepEqual(await notified(), [])
  world.set(at(day))
  for (const last of [1, 2, 3, 4, 5, 6, 1]) failed({ address: `192.0.2.${last}` })
  await flush()
  const addresses = [1, 2, 3, 4, 5].map((last) => `192.0.2.${last}`)
  const failuresSeen = limits.failedSignInsUntilNotification + 6
  const first = { ownerId: user, failures: failuresSeen, wrongCodes: 0, since: at(0), addresses }
  assert.deepEqual(await notified(), [first])
  world.set(at(2 * day + 1))
  failed({ reason: 'wrong-code' }, limits.wrongCodesUntilNotification - 1)
  await flush()
  assert.equal((await notified()).length, 1)
  failed({ reason: 'wrong-code' })
  await flush()
  assert.deepEqual(
    (await notified()).slice(1).map(({ failures, wrongCodes, since }) => [failures, wrongCodes, since]),
    [[limits.wrongCodesUntilNotification, limits.wrongCodesUntilNotification, at(2 * day + 1)]],
  )
})

test('a person is notified once a day, and each notification counts from the one before', async (t) => {
  const { world, failed, notified, flush } = await setUp(t)
  const fail = async (milliseconds: number, times: number) => {
    world.set(at(milliseconds))
    failed({}, times)
    await flush()
    return (await notified()).map(({ failures, since }) => [failures, since])
  }
  const many = limits.failedSignInsUntilNotification
  const first = [many, at(0)]
  assert.deepEqual(await fail(0, many), [first])
  assert.deepEqual(await fail(1, many - 1), [first])
  assert.deepEqual(await fail(day + 1, 1), [first, [many, at(1)]])
  assert.deepEqual(await fail(2 * day + 1, many), [first, [many, at(1)]])
  assert.deepEqual(await fail(2 * day + 2, many), [first, [many, at(1)], [many, at(2 * day + 2)]])
})

test('failures more than a day old do not count', async (t) => {
  const { world, failed, notified, flush } = await setUp(t)
  const oneLess = limits.failedSignInsUntilNotification - 1
  failed({}, oneLess)
  await flush()
  world.set(at(day + 1))
  failed()
  await flush()
  assert.deepEqual(await notified(), [])
  world.set(at(2 * day + 1))
  failed({}, oneLess)
  await flush()
  assert.deepEqual(
    (await notified()).map(({ failures, since }) => [failures, since]),
    [[oneLess + 1, at(day + 1)]],
  )
})

test('failures of 10,000 people are remembered; beyond that, those of the first are forgotten', async (t) => {
  const { failed, notified, flush } = await setUp(t)
  const oneLess = limits.failedSignInsUntilNotification - 1
  for (const userId of ['user-first', 'user-second']) failed({ userId }, oneLess)
  await flush()
  for (let person = 0; person < 9_999; person++) {
    failed({ userId: `user-${person}` })
    if (person % 900 === 0) await flush()
  }
  await flush()
  for (const userId of ['user-second', 'user-first']) {
    failed({ userId })
    await flush()
  }
  assert.deepEqual(
    (await notified()).map(({ ownerId }) => ownerId),
    ['user-second'],
  )
})

test('sign-ins of 10,000 people are counted between two writes', async (t) => {
  const { user, failures, failed, attempts, flush } = await setUp(t)
  for (const before of [10_000, 9_999]) {
    failed()
    await flush()
    for (let person = 0; person < before; person++) failures.succeeded(`user-${person}`)
    failures.succeeded(user)
    await flush()
    const [[count] = []] = await attempts()
    assert.equal(count, before === 10_000 ? 1 : 0)
  }
})
