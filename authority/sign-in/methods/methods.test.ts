import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { generate } from 'otplib'
import { other as secondPassword, strong } from '../../../testing/browser.ts'
import { here, refusalOf, sessionOf, signInServices, signInTime } from '../../../testing/prepared/sign-in-services.ts'
import type { Context } from '../../context.ts'
import { isPassword } from '../../identity/users/password.ts'
import { createLink, invalidLink } from '../links/links.ts'
import { makeLocalLink } from '../links/local-link.ts'
import { findSession } from '../sessions.ts'
import {
  beginSecondFactor,
  changePassword,
  confirmSecondFactor,
  endSecondFactor,
  methodsOf,
  passkeyOptions,
  registerPasskey,
  removePasskey,
  renewRecoveryCodes,
} from './methods.ts'
import { softwareAuthenticator } from './passkey-samples.ts'

const { code: linkCode, faults: linkFaults } = invalidLink()
const wrongLink = [linkCode, linkFaults[0]?.detail]

async function setUp(t: TestContext) {
  const sample = await signInServices(t)
  const { services, request, person, user, database } = sample
  /** The person as a request finds them, in a new session. */
  const signed = async (userId = user, linkId?: string) => ({
    person: await person(userId),
    session: await sessionOf(sample, { userId, ...(linkId === undefined ? {} : { linkId }) }),
  })
  type Signed = Awaited<ReturnType<typeof signed>>
  const setPassword = (of: Signed, password = secondPassword) => changePassword(services, request, of, password)
  const setPasskey = async (of: Signed) => {
    const device = softwareAuthenticator({ origin: 'http://localhost:8420', site: 'localhost' })
    const response = device.register(await passkeyOptions(services, of, here))
    return registerPasskey(services, request, of, { site: here, name: 'new', response })
  }
  const remove = (of: Signed, id: string) => removePasskey(services, request, of, id)
  const confirm = (of: Signed, code: string) => confirmSecondFactor(services, request, of, code)
  const turnOn = async (of: Signed) => {
    const { seed } = await beginSecondFactor(services, request, of)
    return confirm(of, await generate({ secret: seed.open(), epoch: Date.parse(signInTime) / 1_000 }))
  }
  const methods = async (userId = user) => methodsOf(database.read, await person(userId))
  const passkeys = async (userId = user) => (await methods(userId)).passkeys.map(({ name }) => name)
  const openSessions = async () => {
    const rows = database.read.selectFrom('sessions').select('id').where('endedAt', 'is', null)
    return (await rows.orderBy('createdAt').execute()).map(({ id }) => id)
  }
  return {
    ...sample,
    ...{ signed, setPassword, setPasskey, remove, confirm, turnOn, methods, passkeys, openSessions },
  }
}

const changed = (user: string, change: string) => [
  'credentials.changed',
  user,
  { change, client: 'Browser', address: '192.0.2.1' },
]

test('the methods of a person are listed without their secrets', async (t) => {
  const sample = await setUp(t)
  const { user, update, passkeyOf, turnOn, methods, services } = sample
  const none = {
    password: { set: true, changedAt: signInTime },
    passkeys: [],
    totp: { on: false, since: null },
    recoveryCodes: 0,
  }
  assert.deepEqual(await methods(), none)
  const of = await sample.signed()
  await beginSecondFactor(services, sample.request, of)
  assert.deepEqual(await methods(), none)
  await turnOn(of)
  const { id } = await passkeyOf()
  assert.deepEqual(await methods(), {
    ...none,
    passkeys: [{ id, name: 'laptop', createdAt: signInTime, lastUsedAt: null }],
    totp: { on: true, since: signInTime },
    recoveryCodes: 10,
  })
  await update({ passwordHash: null, passwordChangedAt: null }, user)
  assert.deepEqual((await methods()).password, { set: false, changedAt: null })
})

test('a new password replaces the old one, ends other sessions and is notified', async (t) => {
  const sample = await setUp(t)
  const { user, world, database, person, setPassword, openSessions } = sample
  const elsewhere = await sample.signed()
  const of = await sample.signed()
  const { session, secret } = await setPassword(of)
  assert.equal(await isPassword((await person()).passwordHash, secondPassword), true)
  assert.deepEqual([session.id, await openSessions()], [of.session.id, [of.session.id]], elsewhere.session.id)
  assert.equal((await findSession(database.read, world, secret.open()))?.id, session.id)
  assert.deepEqual(await sample.events(), [['users.password-changed', user, null]])
  assert.deepEqual(await sample.notifications(), [changed(user, 'password')])
  assert.equal((await refusalOf(setPassword(of, 'correcthorse')))[0], 'invalid-attribute')
  await setPassword({ ...of, person: await person() })
})

test('the first credential of a person is not notified', async (t) => {
  const sample = await setUp(t)
  await sample.update({ passwordHash: null })
  await sample.setPassword(await sample.signed())
  assert.deepEqual(await sample.notifications(), [])
  await sample.update({ passwordHash: null })
  await sample.passkeyOf()
  await sample.setPassword(await sample.signed())
  assert.deepEqual(await sample.notifications(), [changed(sample.user, 'password')])
})

test('a first password is replaced by another one, while its creator may still choose it', async (t) => {
  const { user, update, signed, setPassword, setPasskey } = await setUp(t)
  const first = { changePasswordOnSignIn: 1, passwordSetById: user, passwordSetTokenId: null }
  await update(first)
  const of = await signed()
  assert.deepEqual(await refusalOf(setPassword(of, strong)), [
    'invalid-attribute',
    'Expected a password other than the first one.',
    '/password',
  ])
  await update({ ...first, passwordChangedAt: null })
  assert.deepEqual(await refusalOf(setPassword(of)), wrongLink)
  assert.deepEqual(await refusalOf(setPasskey(of)), wrongLink)
  await update({ ...first, passwordChangedAt: signInTime })
  await setPassword(of)
})

test('a password may stay the same if the person chose it', async (t) => {
  const { signed, setPassword } = await setUp(t)
  await setPassword(await signed(), strong)
})

test('an added passkey keeps the other methods, ends other sessions and is notified', async (t) => {
  const sample = await setUp(t)
  const { user, passkeyOf, setPasskey, openSessions, methods } = sample
  await passkeyOf()
  await sample.signed()
  const of = await sample.signed()
  const { passkey, session } = await setPasskey(of)
  assert.deepEqual(await openSessions(), [session.id])
  assert.deepEqual(await sample.passkeys(), ['laptop', 'new'])
  assert.equal((await methods()).password.set, true)
  assert.deepEqual(await sample.events(), [['passkeys.created', user, { id: passkey.id, name: 'new' }]])
  assert.deepEqual(await sample.notifications(), [changed(user, 'passkey-added')])
})

test('any passkey but the last method of its person is removed', async (t) => {
  const sample = await setUp(t)
  const { user, other, update, passkeyOf, signed, remove, openSessions } = sample
  const [one, two] = [await passkeyOf(), await passkeyOf()]
  const foreign = await passkeyOf(other)
  await update({ passwordHash: null })
  await signed()
  const of = await signed()
  const missing = ['not-found', 'There is no such passkey.']
  for (const id of [foreign.id, 'pk-unknown']) assert.deepEqual(await refusalOf(remove(of, id)), missing)
  await remove(of, one.id)
  assert.deepEqual(await openSessions(), [of.session.id])
  const only = ['conflict', 'This is your only sign-in method. Add another one first.']
  assert.deepEqual(await refusalOf(remove(of, two.id)), only)
  await update({ passwordHash: 'x' })
  await remove(await signed(), two.id)
  assert.deepEqual(await sample.passkeys(), [])
  assert.deepEqual(await sample.events(), [
    ['passkeys.deleted', user, { id: one.id }],
    ['passkeys.deleted', user, { id: two.id }],
  ])
  assert.deepEqual(await sample.notifications(), [changed(user, 'passkey-removed'), changed(user, 'passkey-removed')])
})

test('one-time passwords are turned on by a code, once, for a person with a password', async (t) => {
  const sample = await setUp(t)
  const { services, request, user, update, signed, attempts, confirm, turnOn, methods } = sample
  const begin = (of: Awaited<ReturnType<typeof signed>>) => beginSecondFactor(services, request, of)
  await update({ passwordHash: null })
  assert.deepEqual(await refusalOf(begin(await signed())), [
    'conflict',
    'One-time passwords require a password. Set a password first.',
  ])
  await update({ passwordHash: 'x' })
  const of = await signed()
  const noSecret = ['conflict', 'Request a new secret first.']
  assert.deepEqual(await refusalOf(confirm(of, '000000')), noSecret)
  await begin(of)
  assert.deepEqual(await refusalOf(confirm(of, '000000')), [
    'wrong-credentials',
    'This code was not accepted.',
    '/code',
  ])
  const counted = `count session ${of.session.id}`
  assert.deepEqual(attempts.splice(0), [counted, counted])
  assert.equal((await methods()).totp.on, false)
  const codes = await turnOn(of)
  assert.deepEqual([codes.length, attempts.splice(0)], [10, [counted, `un${counted}`]])
  assert.deepEqual(await refusalOf(begin(of)), [
    'conflict',
    'One-time passwords are already turned on. Turn them off first.',
  ])
  assert.deepEqual(await refusalOf(confirm(of, '000000')), noSecret)
  const begun = ['one-time-passwords.begun', user, null]
  assert.deepEqual(await sample.events(), [begun, begun, ['one-time-passwords.on', user, null]])
  assert.deepEqual(await sample.notifications(), [changed(user, 'one-time-passwords-on')])
})

test('recovery codes are replaced, and one-time passwords turned off', async (t) => {
  const sample = await setUp(t)
  const { services, request, user, signed, turnOn, methods, openSessions } = sample
  const of = await signed()
  const renew = () => renewRecoveryCodes(services, request, of)
  const off = ['conflict', 'Recovery codes require one-time passwords. Turn them on first.']
  assert.deepEqual(await refusalOf(renew()), off)
  const codes = await turnOn(of)
  const renewed = await renew()
  assert.deepEqual([renewed.length, renewed.some((code) => codes.includes(code))], [10, false])
  await signed()
  await endSecondFactor(services, request, of)
  assert.deepEqual(await openSessions(), [of.session.id])
  assert.deepEqual([(await methods()).totp.on, await refusalOf(renew())], [false, off])
  const [, , ...events] = await sample.events()
  assert.deepEqual(events, [
    ['recovery-codes.created', user, null],
    ['one-time-passwords.off', user, null],
  ])
  const [, ...notifications] = await sample.notifications()
  assert.deepEqual(notifications, [changed(user, 'recovery-codes'), changed(user, 'one-time-passwords-off')])
})

/** A pending user without credentials, invited to the account that created them and to a second one. */
async function withInvitations(t: TestContext) {
  const sample = await setUp(t)
  const { account, other, database, write, update, services, request } = sample
  await sample.insertAccount('acc-second')
  for (const accountId of [account, 'acc-second']) await sample.insertInvitation(other, accountId)
  await update({ status: 'Pending', homeAccountId: account, passwordHash: null }, other)
  const joined = async () => {
    const rows = database.read.selectFrom('accountUsers').selectAll().where('userId', '=', other)
    return (await rows.orderBy('accountId').execute()).map(({ accountId, vouchedById }) => [accountId, vouchedById])
  }
  const contextOf = (db: Context['db'], id: string) => {
    const actor = { kind: 'user', id, tokenId: '', accounts: [account] } as never
    return { ...services.baseContext, db, actor, request: request.request, auditedEvents: { rows: 0 } }
  }
  const invitationBy = async (id: string, accountId: string) => {
    const input = { purpose: 'invitation', userId: other, accountId } as const
    await write((db) => createLink(contextOf(db, id), input))
  }
  const linkId = async () => {
    const open = database.read.selectFrom('oneTimeLinks').select('id').where('usedAt', 'is', null)
    return (await open.executeTakeFirstOrThrow()).id
  }
  const localLink = () => makeLocalLink(database, sample.world, 'user-other@mintmark.internal')
  return { ...sample, joined, invitationBy, linkId, localLink }
}

type Invited = Awaited<ReturnType<typeof withInvitations>>

/** A service account that may only invite to the account. */
async function insertInviter({ insertServiceAccounts, insertPolicy }: Invited): Promise<string> {
  const id = 'sa-inviter'
  await insertServiceAccounts({ id })
  await insertPolicy({ serviceAccountId: id }, ['users:create'])
  return id
}

test('a change of a method accepts no invitation', async (t) => {
  const { other, signed, setPassword, joined, person } = await withInvitations(t)
  await setPassword(await signed(other))
  assert.deepEqual([await joined(), (await person(other)).status], [[], 'Pending'])
})

test('another password than the first one accepts the invitation of the account that created the person', async (t) => {
  const sample = await withInvitations(t)
  const { account, other, update, signed, setPassword, joined } = sample
  const inviter = await insertInviter(sample)
  await update({ changePasswordOnSignIn: 1, passwordSetById: inviter, passwordHash: 'x' }, other)
  await setPassword(await signed(other))
  assert.deepEqual(await joined(), [[account, inviter]])
})

const links: Record<string, { create(sample: Invited): Promise<unknown>; joins(account: string): unknown[] }> = {
  'an invitation': {
    create: (sample) => sample.invitationBy(sample.user, sample.account),
    joins: (account) => [[account, null]],
  },
  'an invitation by a caller without all rights': {
    create: async (sample) => sample.invitationBy(await insertInviter(sample), sample.account),
    joins: (account) => [[account, 'sa-inviter']],
  },
  'an invitation of another account than the one that created the person': {
    create: async ({ user, insertMembership, insertPolicy, invitationBy }) => {
      await insertMembership(user, 'acc-second')
      await insertPolicy({ userId: user }, ['*:*'], 'acc-second')
      await invitationBy(user, 'acc-second')
    },
    joins: () => [['acc-second', null]],
  },
  'a link for a person without credentials': {
    create: ({ localLink }) => localLink(),
    joins: (account) => [[account, null]],
  },
  'a link for a person with credentials': {
    create: async ({ update, other, localLink }) => {
      await update({ passwordHash: 'x' }, other)
      await localLink()
    },
    joins: () => [],
  },
}
for (const [what, { create, joins }] of Object.entries(links))
  test(`a credential set with ${what} accepts only its own invitation, and activates the person`, async (t) => {
    const sample = await withInvitations(t)
    const { account, other, signed, setPassword, joined, linkId, person } = sample
    await create(sample)
    const of = await signed(other, await linkId())
    await setPassword(of)
    assert.deepEqual([await joined(), (await person(other)).status], [joins(account), 'Active'])
    assert.deepEqual(await refusalOf(setPassword(of)), wrongLink)
  })

test('a session of a link that became invalid sets no credential', async (t) => {
  const sample = await withInvitations(t)
  const { account, other, signed, setPassword, setPasskey, linkId, insertPolicy } = sample
  await sample.invitationBy(await insertInviter(sample), account)
  const of = await signed(other, await linkId())
  await insertPolicy({ userId: other }, ['teams:read'])
  for (const set of [setPassword, setPasskey]) assert.deepEqual(await refusalOf(set(of)), wrongLink)
})

test('a person who was deactivated or deleted in between is not activated', async (t) => {
  const { other, update, write, signed, setPassword, localLink, linkId, person } = await withInvitations(t)
  await localLink()
  await update({ status: 'Inactive' }, other)
  await setPassword(await signed(other, await linkId()))
  assert.equal((await person(other)).status, 'Inactive')
  const of = await signed(other)
  await write(async (db) => void (await db.deleteFrom('users').where('id', '=', other).execute()))
  assert.deepEqual(await refusalOf(setPassword(of)), wrongLink)
})

test('a credential set with a link replaces all others', async (t) => {
  const sample = await withInvitations(t)
  const { other, update, signed, turnOn, setPassword, setPasskey, localLink, linkId, openSessions, methods } = sample
  await sample.passkeyOf(other)
  await update({ passwordHash: 'x' }, other)
  await turnOn(await signed(other))
  await localLink()
  await signed(other, await linkId())
  const of = await signed(other, await linkId())
  await setPassword(of)
  assert.deepEqual(await openSessions(), [of.session.id])
  const { password, passkeys, totp } = await methods(other)
  assert.deepEqual([password.set, passkeys, totp.on], [true, [], false])

  await sample.passkeyOf(other)
  await localLink()
  await setPasskey(await signed(other, await linkId()))
  const after = await methods(other)
  assert.deepEqual([after.password, await sample.passkeys(other)], [{ set: false, changedAt: null }, ['new']])
})

test('only a link from the command line makes a member trusted', async (t) => {
  const links: Record<string, (sample: Invited) => Promise<unknown>> = {
    'from the command line': ({ localLink }) => localLink(),
    'of an invitation': (sample) => sample.invitationBy(sample.user, sample.account),
  }
  for (const [what, create] of Object.entries(links)) {
    const sample = await withInvitations(t)
    const { account, other, write, signed, setPassword, linkId, joined } = sample
    await write(async (db) => void (await db.deleteFrom('accountInvitations').execute()))
    await sample.insertMembership(other, account, { vouchedById: 'sa-inviter' })
    await create(sample)
    await setPassword(await signed(other, await linkId()))
    assert.deepEqual(await joined(), [[account, what === 'of an invitation' ? 'sa-inviter' : null]], what)
  }
})
