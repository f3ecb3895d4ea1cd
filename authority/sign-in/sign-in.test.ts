import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { generate } from 'otplib'
import { strong } from '../../testing/browser.ts'
import {
  here,
  refusalOf,
  type SignInSample,
  sessionOf,
  signInServices,
  signInTime,
} from '../../testing/prepared/sign-in-services.ts'
import { createKnownBrowserCookie } from './known-browser.ts'
import { createLink } from './links/links.ts'
import { makeLocalLink } from './links/local-link.ts'
import { confirmFactor, newSeed, pendingFactorOf } from './methods/second-factor.ts'
import { signInWithLink, signInWithPasskey, signInWithPassword } from './sign-in.ts'

const email = 'owner@mintmark.internal'
const unknownBrowser = `unknown-browser 192.0.2.1 ${email}`
const wrongPasskey = ['wrong-credentials', 'This passkey was not accepted.']
const wrongPassword = ['wrong-credentials', 'Incorrect email address or password.']
const wrongLink = ['wrong-credentials', 'This link is invalid, expired, or was already used. Ask for a new one.']

const byPassword = ({ services, request }: SignInSample, input: object = {}) =>
  signInWithPassword(services, request, { email, password: strong, ...input })

test('the right password starts a session, and the attempt does not count', async (t) => {
  const sample = await signInServices(t)
  await sample.update({ status: 'Pending' })
  const { person, session, secret } = await byPassword(sample, { email: 'Owner@mintmark.internal' })
  assert.equal(person.id, sample.user)
  assert.deepEqual(
    [session.userId, session.address, session.client, session.linkId, session.createdAt],
    [sample.user, '192.0.2.1', 'Browser', null, signInTime],
  )
  assert.match(secret.open(), /^[\w-]{43}$/)
  const { status, lastLoginAt } = await sample.person()
  assert.deepEqual([status, lastLoginAt], ['Active', signInTime])
  assert.deepEqual(await sample.events(), [['sessions.created', sample.user, { by: 'password' }]])
  assert.deepEqual(sample.attempts, [`count ${unknownBrowser}`, `uncount ${unknownBrowser}`])
  assert.deepEqual([sample.failures, sample.succeeded], [[], [sample.user]])
})

test('sign-in fails alike for every cause, and each is counted as what it is', async (t) => {
  const sample = await signInServices(t)
  const failed = async (reason: string, userId: string | null, input: object) => {
    assert.deepEqual(await refusalOf(byPassword(sample, input)), wrongPassword, reason)
    const seen = { address: '192.0.2.1', requestId: 'req-1', during: 'sign-in' }
    assert.deepEqual(sample.failures.splice(0), [{ userId, reason, ...seen }])
  }
  await failed('unknown-person', null, { email: 'nobody@mintmark.internal' })
  await failed('wrong-password', sample.user, { password: 'wrong' })
  await sample.update({ status: 'Inactive' })
  await failed('inactive-person', sample.user, {})
  await failed('wrong-password', sample.user, { password: 'wrong' })
  await sample.update({ status: 'Active', changePasswordOnSignIn: 1, passwordChangedAt: null })
  await failed('password-of-others', sample.user, {})
  assert.ok(sample.attempts.every((line) => line.startsWith('count')))
  assert.deepEqual([sample.succeeded, await sample.events()], [[], []])
})

test('beyond the limit, attempts fail and are counted; errors of the server are not', async (t) => {
  const sample = await signInServices(t)
  for (let times = 0; times < limits.signInAttemptsPerPerson; times++)
    await refusalOf(byPassword(sample, { password: 'wrong' }))
  sample.failures.length = 0
  const [code] = await refusalOf(byPassword(sample))
  assert.equal(code, 'too-many-attempts')
  assert.deepEqual(
    sample.failures.splice(0).map(({ reason, userId }) => [reason, userId]),
    [['too-many-attempts', sample.user]],
  )
  const count = () => {
    throw new Error('lost')
  }
  const services = { ...sample.services, attempts: { ...sample.services.attempts, count } }
  await assert.rejects(signInWithPassword(services, sample.request, { email, password: strong }), /lost/)
  assert.deepEqual(sample.failures, [])
})

test('a genuine cookie of this person makes the browser a known one', async (t) => {
  const sample = await signInServices(t)
  const keys = sample.services.baseContext
  const genuine = createKnownBrowserCookie(keys, await sample.person())
  const counterWith = async (knownBrowser: string | null, input: object = {}) => {
    const request = { ...sample.request, knownBrowser }
    await signInWithPassword(sample.services, request, { email, password: strong, ...input }).catch(() => undefined)
    return sample.attempts.splice(0)[0]
  }
  const id = Buffer.from(genuine, 'base64url').subarray(0, 16).toString('base64url')
  assert.equal(await counterWith(genuine), `count known-browser ${sample.user} ${id}`)
  const ofOther = createKnownBrowserCookie(keys, await sample.person(sample.other))
  for (const cookie of [ofOther, '', null]) assert.equal(await counterWith(cookie), `count ${unknownBrowser}`)
  assert.equal(
    await counterWith(genuine, { email: 'Nobody@mintmark.internal' }),
    'count unknown-browser 192.0.2.1 nobody@mintmark.internal',
  )
})

test('re-authentication renews the session of the same person and is counted by session', async (t) => {
  const sample = await signInServices(t)
  const session = await sessionOf(sample)
  const again = (input: object, of = session) =>
    signInWithPassword(sample.services, sample.request, { email, password: strong, ...input }, of)
  const wrong = ['wrong-credentials', 'This is not your password.']
  assert.deepEqual(await refusalOf(again({ password: 'wrong' })), wrong)
  const foreign = await sessionOf(sample, { userId: sample.other })
  assert.deepEqual(await refusalOf(again({}, foreign)), wrong)
  await sample.update({ changePasswordOnSignIn: 1, passwordChangedAt: null })
  assert.deepEqual(await refusalOf(again({})), wrong)
  assert.deepEqual(
    sample.failures.map(({ reason, during }) => [reason, during]),
    [
      ['wrong-password', 're-authentication'],
      ['inactive-person', 're-authentication'],
      ['password-of-others', 're-authentication'],
    ],
  )
  await sample.update({ changePasswordOnSignIn: 0, passwordChangedAt: signInTime })
  sample.attempts.length = 0
  sample.world.set('2030-01-01T00:01:00.000Z')
  const renewed = await again({})
  assert.deepEqual(
    [renewed.person.id, renewed.session.id, renewed.session.authenticatedAt],
    [sample.user, session.id, '2030-01-01T00:01:00.000Z'],
  )
  assert.deepEqual(sample.attempts, [`count session ${session.id}`, `uncount session ${session.id}`])
  assert.deepEqual(await sample.events(), [['sessions.reauthenticated', sample.user, { by: 'password' }]])
  assert.equal((await sample.person()).lastLoginAt, null)
})

async function withCodes(t: TestContext) {
  const sample = await signInServices(t)
  const { write, services, user, world, database } = sample
  const { seed, codes } = await write(async (db) => {
    const context = { ...services.baseContext, db } as Parameters<typeof newSeed>[0]
    const { seed } = await newSeed(context, user, email)
    return { seed, codes: await confirmFactor(context, user) }
  })
  const code = () => generate({ secret: seed.open(), epoch: world.now().getTime() / 1_000 })
  const counted = async () => {
    const factor = await pendingFactorOf(database.read, user)
    return [factor?.failures, factor?.knownFailures]
  }
  return { ...sample, code, codes, counted }
}

test('with a second factor, the right password alone is not enough and does not count as an attempt', async (t) => {
  const sample = await withCodes(t)
  assert.deepEqual(await refusalOf(byPassword(sample)), [
    'second-factor-required',
    'Expected a code from your authenticator app, or a recovery code.',
    '/code',
  ])
  assert.deepEqual(sample.attempts.splice(0), [`count ${unknownBrowser}`, `uncount ${unknownBrowser}`])
  assert.deepEqual([sample.failures, sample.succeeded], [[], []])
  const wrongCode = ['wrong-credentials', 'This code was not accepted.', '/code']
  assert.deepEqual(await refusalOf(byPassword(sample, { code: '000000' })), wrongCode)
  assert.deepEqual(await refusalOf(byPassword(sample, { code: '' })), wrongCode)
  assert.deepEqual(sample.attempts.splice(0), [`count ${unknownBrowser}`, `count ${unknownBrowser}`])
  assert.deepEqual(
    sample.failures.map(({ reason, userId }) => [reason, userId]),
    [
      ['wrong-code', sample.user],
      ['wrong-code', sample.user],
    ],
  )
  assert.deepEqual(await sample.counted(), [1, 0])
  await byPassword(sample, { code: await sample.code() })
  assert.deepEqual(await sample.counted(), [1, 0])
  await byPassword(sample, { code: sample.codes[0] })
})

test('wrong codes are limited apart for known browsers, and reached limits are counted as failures', async (t) => {
  const sample = await withCodes(t)
  const knownBrowser = createKnownBrowserCookie(sample.services.baseContext, await sample.person())
  const known = { ...sample, request: { ...sample.request, knownBrowser } }
  await refusalOf(byPassword(known, { code: '000000' }))
  assert.deepEqual(await sample.counted(), [0, 1])
  await sample.write(
    async (db) =>
      void (await db
        .updateTable('oneTimePasswords')
        .set({ failures: limits.codeAttemptsPerDay, failuresSince: signInTime })
        .execute()),
  )
  sample.failures.length = 0
  const [code] = await refusalOf(byPassword(sample, { code: await sample.code() }))
  assert.equal(code, 'too-many-attempts')
  assert.deepEqual(
    sample.failures.map(({ reason }) => reason),
    ['too-many-attempts'],
  )
  await byPassword(known, { code: await sample.code() })
})

test('a password without a second factor ignores a code', async (t) => {
  const sample = await signInServices(t)
  await byPassword(sample, { code: '000000' })
})

test('a passkey starts a session of its person, or renews theirs', async (t) => {
  const sample = await signInServices(t)
  const { services, request, user, succeeded, passkeyOf, answerOf } = sample
  const { device } = await passkeyOf()
  const response = await answerOf(device)
  const { person, session } = await signInWithPasskey(services, request, { site: here, response })
  assert.deepEqual([person.id, session.userId, session.client, succeeded], [user, user, 'Browser', [user]])
  const used = () => signInWithPasskey(services, request, { site: here, response })
  assert.deepEqual(await refusalOf(used()), wrongPasskey)
  const again = await answerOf(device)
  const renewed = await signInWithPasskey(services, request, { site: here, response: again }, session)
  assert.equal(renewed.session.id, session.id)
  assert.deepEqual(await sample.events(), [
    ['sessions.created', user, { by: 'passkey' }],
    ['sessions.reauthenticated', user, { by: 'passkey' }],
  ])
})

test('a passkey that is unknown, of an inactive person or of another session fails and is counted', async (t) => {
  const sample = await signInServices(t)
  const { services, request, user, other, failures, passkeyOf, answerOf, update } = sample
  const [{ device }, { device: foreign }] = [await passkeyOf(), await passkeyOf(other)]
  const session = await sessionOf(sample)
  const failed = async (response: unknown, of?: typeof session) => {
    const work = signInWithPasskey(services, request, { site: here, response }, of)
    assert.deepEqual(await refusalOf(work), wrongPasskey)
    return failures.splice(0).map(({ userId, reason, during }) => [userId, reason, during])
  }
  assert.deepEqual(await failed({ id: 'x' }), [[null, 'wrong-passkey', 'sign-in']])
  assert.deepEqual(await failed({ id: 'x' }, session), [[user, 'wrong-passkey', 're-authentication']])
  const ofOther = await answerOf(foreign)
  assert.deepEqual(await failed(ofOther, session), [[other, 'wrong-passkey', 're-authentication']])
  await update({ status: 'Inactive' })
  assert.deepEqual(await failed(await answerOf(device)), [[user, 'inactive-person', 'sign-in']])
  assert.deepEqual(sample.succeeded, [])
})

test('a link starts a session that is limited until a credential is set', async (t) => {
  const sample = await signInServices(t)
  const { services, request, user, world, database } = sample
  const secret = (await makeLocalLink(database, world, email)).secret.open()
  const { person, session } = await signInWithLink(services, request, { secret, fullName: 'Ann' })
  const [link] = await database.read.selectFrom('oneTimeLinks').selectAll().execute()
  assert.deepEqual(
    [person.id, session.userId, session.linkId, session.address, session.client],
    [user, user, link?.id, '192.0.2.1', 'Browser'],
  )
  const { fullName, lastLoginAt } = await sample.person()
  assert.deepEqual([fullName, lastLoginAt], ['Ann', signInTime])
  await signInWithLink(services, request, { secret, fullName: null })
  assert.equal((await sample.person()).fullName, 'Ann')
  const after = { by: 'one-time link', purpose: 'recovery' }
  assert.deepEqual(await sample.events(), [
    ['sessions.created', user, after],
    ['sessions.created', user, after],
  ])
})

test('a link is refused if it is invalid, of an inactive person, or an invitation of a person who can sign in', async (t) => {
  const sample = await signInServices(t)
  const { services, request, user, account, world, database, failures, update, write } = sample
  const use = (secret: string) => refusalOf(signInWithLink(services, request, { secret }))
  assert.deepEqual(await use('x'.repeat(32)), wrongLink)
  assert.deepEqual(
    failures.splice(0).map(({ userId, reason, during }) => [userId, reason, during]),
    [[null, 'invalid-link', 'sign-in']],
  )
  const secret = (await makeLocalLink(database, world, email)).secret.open()
  await update({ status: 'Inactive' })
  assert.deepEqual(await use(secret), wrongLink)
  await update({ status: 'Active' })
  const invitation = await write((db) => {
    const actor = { kind: 'user', id: user, tokenId: '', accounts: [account] } as never
    const context = { ...services.baseContext, db, actor, request: request.request, auditedEvents: { rows: 0 } }
    return createLink(context, { purpose: 'invitation', userId: user, accountId: account })
  })
  assert.deepEqual(await use(invitation.secret.open()), [
    'conflict',
    'You already have an account. Sign in to accept this invitation.',
  ])
  assert.deepEqual(failures, [])
})
