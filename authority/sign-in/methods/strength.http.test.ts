/** Checking a password is expensive. These tests hold it to limits, so that it does not delay other requests. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { generate } from 'otplib'
import { browser, signedIn, strong } from '../../../testing/browser.ts'
import { measureAgain, measureTurns, turnMillisecondsMax } from '../../../testing/event-loop/turn-cpu.ts'
import { document, startAuthority } from '../../../testing/kit.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { Refusal } from '../../context.ts'
import { boundedQueue } from '../../identity/users/bounded-queue.ts'
import { realWorld } from '../../world.ts'
import { contextWords } from './context-words.ts'
import { strengthOf } from './strength.ts'

const person = { email: 'a.person@example.com', fullName: 'A Person' }
const slowest = ['@'.repeat(256), 'Pa55w0rd!'.repeat(28), 'l1|!'.repeat(64), 'q1w2e3r4t5'.repeat(25)]

test('estimating any password takes almost no CPU time on the main thread', async () => {
  await strengthOf(strong, person)
  const before = process.threadCpuUsage()
  for (const password of slowest) await strengthOf(password, person)
  const { user, system } = process.threadCpuUsage(before)
  assert.ok(user + system <= turnMillisecondsMax * 1_000, `${user + system} µs of CPU for all`)
})

test('the estimator gets a bounded number of words and the first 64 characters of the password', async () => {
  const long = 'ab '.repeat(4_000)
  const many = { email: 'a@example.com', fullName: long, accountNames: Array(10).fill(long) }
  const { longest } = await measureAgain(() => strengthOf(strong, many))
  assert.ok(longest <= turnMillisecondsMax)
  // 20 words of the person, 20 of the accounts, 5 of the product.
  assert.equal(contextWords(many).length, 45)
  const known = { email: 'a@example.com', fullName: 'Ann', accountNames: [] }
  const scoreOf = async (password: string) => (await strengthOf(password, known)).score
  assert.ok((await scoreOf(`${'a'.repeat(32)}${strong}`)) > (await scoreOf('a'.repeat(32))))
  assert.equal(await scoreOf(`${'a'.repeat(64)}${strong}`), await scoreOf('a'.repeat(64)))
})

test('words of the person, their accounts and the product do not make a password strong', async (t) => {
  const { owner, call, prepared, link, database } = await signedIn(t)
  await rawSql(database, "update accounts set name = 'Quorvex Dynamics GmbH'")
  const email = 'zebulon.tharnquist@example.com'
  const invite = document('users', { email })
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, { body: invite })
  assert.ok(invited.status < 300, invited.text)
  const guest = browser({ call })
  await guest.ask('POST', '/auth/link/use', { secret: await link(email), 'full-name': 'Zebulon Jaxweather' })
  const ofAccount = ['Quorvex2026!', 'quorvexdynamics1', 'xevrouq#dynamics', 'Qu0rvex-Dynam1cs']
  const guessed = [...ofAccount, 'tharnquist99', 'Jaxweather!1', 'mintmark-scalr1', 'terraform-token1']
  for (const password of guessed) {
    const { json } = await guest.ask('POST', '/auth/methods/password/strength', { password })
    assert.deepEqual([password, json.enough], [password, false])
    const refused = await guest.ask('PUT', '/auth/methods/password', { password })
    assert.deepEqual([refused.status, refused.json.errors?.[0].source.pointer], [422, '/password'], password)
  }
  for (const password of ofAccount) {
    const first = await call('POST', '/users', { body: document('users', { email: 'b@example.com', password }) })
    assert.deepEqual(
      [first.status, first.json.errors?.[0].source.pointer],
      [422, '/data/attributes/password'],
      password,
    )
  }
  const { json } = await owner.ask('POST', '/auth/methods/password/strength', { password: 'tharnquist99' })
  assert.equal(json.enough, true, 'words of other people are not excluded')
})

test('when too many passwords are checked at once, those beyond the queue fail with too-busy and Retry-After', async () => {
  const checks = await Promise.allSettled(Array.from({ length: 40 }, () => strengthOf(strong, person)))
  const refused = checks.flatMap((each) => (each.status === 'rejected' ? [each.reason as Refusal] : []))
  assert.equal(refused.length, 40 - 17)
  for (const each of refused) {
    assert.ok(each instanceof Refusal)
    assert.deepEqual([each.code, each.faults[0]?.retryAfterSeconds], ['too-busy', 2])
  }
})

test('a bounded queue runs its tasks in order with limited concurrency, also after failures', {
  timeout: 10_000,
}, async () => {
  const queue = boundedQueue({ atOnce: 2, waitingMax: 3 })
  const gates = Array.from({ length: 7 }, () => Promise.withResolvers<void>())
  const begun: number[] = []
  const enqueue = (at: number) =>
    queue(async () => {
      begun.push(at)
      await gates[at]?.promise
    })
  const works = [0, 1, 2, 3, 4].map(enqueue)
  await assert.rejects(enqueue(5), { code: 'too-busy' })
  assert.deepEqual(begun, [0, 1])
  gates[0]?.reject(new Error('failed'))
  await assert.rejects(works[0] as Promise<void>, /failed/)
  // The free slot goes to the next waiting task, not to a new one.
  const late = enqueue(6)
  await new Promise(setImmediate)
  assert.deepEqual(begun, [0, 1, 2])
  gates[1]?.reject(new Error('failed'))
  await assert.rejects(works[1] as Promise<void>, /failed/)
  for (const { resolve } of gates) resolve()
  await Promise.all([...works.slice(2), late])
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 6])
  await queue(async () => undefined)
})

test('password checks are limited per session and minute, without affecting other sessions', async (t) => {
  const { owner, call, prepared, world } = await signedIn(t)
  const check = (who: typeof owner) => who.ask('POST', '/auth/methods/password/strength', { password: 'x' })
  // Setting the session's own password was the first check.
  for (let checks = 1; checks < limits.passwordChecksPerMinute; checks++) assert.equal((await check(owner)).status, 200)
  const refused = await check(owner)
  assert.deepEqual([refused.status, refused.json.errors[0].code], [429, 'too-many-attempts'])
  assert.ok(Number(refused.headers['retry-after']) > 0)
  assert.equal((await owner.ask('PUT', '/auth/methods/password', { password: strong })).status, 429)
  const elsewhere = browser({ call })
  await elsewhere.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })
  assert.equal((await check(elsewhere)).status, 200)
  world.set('2030-01-01T00:01:01Z')
  assert.equal((await check(owner)).status, 200)
})

test('a first password sent through the API is checked and hashed outside of the write transaction', async (t) => {
  // Hashing starts with drawing a salt.
  const saltBytes = 16
  const openWrites: number[] = []
  let isWriting = 0
  const world = {
    ...realWorld,
    random: (bytes: number) => {
      if (bytes === saltBytes) openWrites.push(isWriting)
      return realWorld.random(bytes)
    },
  }
  const { call, database } = await startAuthority(t, { world })
  const create = (password: string, name: string) =>
    call('POST', '/users', { body: document('users', { email: `${name}@example.com`, password }) })
  assert.equal((await create('Password1!', 'weak')).status, 422)
  const { value, longest } = await measureTurns(() =>
    Promise.all(['a', 'b', 'c'].map((name) => create(`${strong} Aa1!`, name))),
  )
  assert.ok(value.every(({ status }) => status === 201))
  assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU in one turn`)

  const write = database.write.bind(database)
  t.mock.method(database, 'write', async (work: Parameters<typeof write>[0]) => {
    isWriting += 1
    try {
      return await write(work)
    } finally {
      isWriting -= 1
    }
  })
  openWrites.length = 0
  assert.equal((await create(`${strong} Aa1!`, 'd')).status, 201)
  assert.deepEqual(openWrites, [0])
})

test('recovery codes have at least 112 random bits, and shorter codes of earlier versions still work', async (t) => {
  const { owner, call, prepared, world, database } = await signedIn(t)
  const { secret } = (await owner.ask('POST', '/auth/methods/totp', {})).json
  const code = await generate({ secret, epoch: world.now().getTime() / 1000 })
  const { 'recovery-codes': codes } = (await owner.ask('POST', '/auth/methods/totp/confirm', { code })).json
  for (const each of codes as string[]) {
    assert.match(each, /^(?:[2-9a-km-np-z]{4}-){5}[2-9a-km-np-z]{4}$/)
    assert.ok(each.replaceAll('-', '').length * 5 >= 112)
  }
  const old = 'abcd-efgh-ijkm-npqr'
  const hash = createHash('sha256').update(old.replaceAll('-', '')).digest('hex')
  const [{ id }] = (await rawSql(database, 'select id from users')) as [{ id: string }]
  await rawSql(database, `insert into recovery_codes (user_id, hash) values ('${id}', x'${hash}')`)
  const guest = browser({ call })
  const signInWith = (code: string) =>
    guest.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong, code })
  for (const each of [old, ...(codes as string[]).slice(0, 1)]) {
    assert.equal((await signInWith(each)).status, 200)
    assert.equal((await signInWith(each)).status, 401)
  }
})
