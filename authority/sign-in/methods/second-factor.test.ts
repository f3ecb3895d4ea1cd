import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { generate } from 'otplib'
import { masterKeys, startAuthority } from '../../../testing/kit.ts'
import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { openVault } from '../../vault/vault.ts'
import { fixedWorld } from '../../world.ts'
import { hashOfSecret } from '../secret-hash.ts'
import {
  confirmFactor,
  countCode,
  newSeed,
  pendingFactorOf,
  recoveryCodesLeft,
  secondFactorOf,
  useCode,
} from './second-factor.ts'

const start = Date.parse('2030-01-01T00:00:00.000Z')
const day = 86_400_000
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()

async function setUp(t: TestContext) {
  const world = fixedWorld(at(0))
  const { database, prepared } = await startAuthority(t, { world })
  const { user } = prepared
  const vault = openVault(world, masterKeys)
  const within = <T>(work: (context: Context) => Promise<T>) =>
    database.write((db: Db) => work({ db, world, vault } as unknown as Context))
  const { seed, uri } = await within((context) => newSeed(context, user, prepared.email))
  const secret = seed.open()
  const factor = async () =>
    (await pendingFactorOf(database.read, user)) as NonNullable<Awaited<ReturnType<typeof pendingFactorOf>>>
  const codeAt = (milliseconds: number) => generate({ secret, epoch: (start + milliseconds) / 1_000 })
  const use = async (input: string) => {
    const of = await factor()
    return within((context) => useCode(context, of, input))
  }
  const wrong = (input: string) =>
    assert.rejects(use(input), (error) => {
      assert.ok(error instanceof Refusal)
      assert.deepEqual(
        [error.code, error.faults],
        ['wrong-credentials', [{ detail: 'This code was not accepted.', at: '/code' }]],
      )
      return true
    })
  const count = async (input: string, isKnown = false) => countCode({ database, world }, await factor(), input, isKnown)
  return {
    world,
    db: database.read,
    user,
    email: prepared.email,
    uri: uri.open(),
    within,
    factor,
    codeAt,
    use,
    wrong,
    count,
  }
}

test('a seed is active only after a code confirmed it', async (t) => {
  const { db, user, email, uri, within, factor } = await setUp(t)
  assert.equal(await secondFactorOf(db, user), undefined)
  assert.equal(await secondFactorOf(db, 'user-v0onobody'), undefined)
  assert.ok(uri.startsWith('otpauth://totp/'))
  assert.match(decodeURIComponent(uri), new RegExp(`Mintmark:${email}.*issuer=Mintmark`))
  assert.equal(Buffer.from((await factor()).sealed).includes(new URL(uri).searchParams.get('secret') ?? 'x'), false)
  await within((context) => confirmFactor(context, user))
  assert.equal((await secondFactorOf(db, user))?.confirmedAt, at(0))
})

test('a code of the app works once, within 30 seconds, however it is typed', async (t) => {
  const { world, codeAt, use, wrong } = await setUp(t)
  world.set(at(300_000))
  await wrong(await codeAt(240_000))
  await use((await codeAt(270_000)).replace(/^(...)/, ' $1 '))
  await wrong(await codeAt(270_000))
  await use((await codeAt(330_000)).replace(/^(...)/, '$1-'))
  await wrong(await codeAt(330_000))
  await wrong(await codeAt(300_000))
  await wrong(await codeAt(360_000))
})

test('ten recovery codes of 24 letters work once each, and only their hashes are stored', async (t) => {
  const { db, user, within, use, wrong } = await setUp(t)
  const codes = await within((context) => confirmFactor(context, user))
  assert.equal(codes.length, 10)
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) assert.match(code, /^(?:[2-9a-km-np-z]{4}-){5}[2-9a-km-np-z]{4}$/)
  const stored = await db.selectFrom('recoveryCodes').select('hash').execute()
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  assert.deepEqual(
    stored.map(({ hash }) => hex(hash)).toSorted(),
    codes.map((code) => hex(hashOfSecret(code.replaceAll('-', '')))).toSorted(),
  )
  const [first = '', second = ''] = codes
  await use(first)
  await wrong(first)
  await use(` ${second.toUpperCase().replaceAll('-', ' ')} `)
  await wrong('x'.repeat(24))
  await wrong('')
  assert.equal(await recoveryCodesLeft(db, user), 8)
})

test('codes of the app are limited per day and kind of browser; recovery codes are not counted', async (t) => {
  const { world, count, within, factor } = await setUp(t)
  const counts = async () => {
    const { failures, knownFailures } = await factor()
    return [failures, knownFailures]
  }
  const right = await count('123 456')
  assert.deepEqual(await counts(), [1, 0])
  await within(({ db }) => right(db))
  assert.deepEqual(await counts(), [0, 0])
  const rightHere = await count('123-456', true)
  assert.deepEqual(await counts(), [0, 1])
  await within(({ db }) => rightHere(db))
  for (const other of ['abcd-efgh-jkmn-pqrs-tuvw-xyz2', '12345', '1234567', '12345a', '']) {
    const uncounted = await count(other)
    await within(({ db }) => uncounted(db))
  }
  assert.deepEqual(await counts(), [0, 0])

  world.set(at(day))
  for (let attempt = 0; attempt < limits.codeAttemptsPerDay; attempt++) await count('000000')
  const refused = () =>
    assert.rejects(count('000000'), (error) => {
      assert.ok(error instanceof Refusal)
      assert.deepEqual(
        [error.code, error.faults],
        [
          'too-many-attempts',
          [
            {
              detail: 'Too many wrong codes in 24 hours. Use a recovery code or a passkey.',
              retryAfterSeconds: day / 1_000,
            },
          ],
        ],
      )
      return true
    })
  await refused()
  await count('000000', true)
  await count('abcd-efgh')
  // A day after the first counted attempt.
  world.set(at(day + 1))
  await count('000000')
  assert.deepEqual(await counts(), [1, 0])
})
