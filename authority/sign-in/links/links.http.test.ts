/** Sign-in links: who may create one, who may accept an invitation, and how long each kind is valid. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { browser, signedIn, strong } from '../../../testing/browser.ts'
import { type Answer, document, machine } from '../../../testing/kit.ts'
import { CannotPrepare } from '../../cannot-prepare.ts'
import { creatorOfLink } from './links.ts'
import { makeLocalLink } from './local-link.ts'

const errorOf = ({ status, json }: Answer) => [status, json.errors?.[0].code, json.errors?.[0].detail]

async function setUp(t: TestContext) {
  const authority = await signedIn(t)
  const { call, prepared } = authority
  const { account } = prepared
  const invite = async (email: string) => {
    const body = document('users', { email })
    const answer = await call('POST', `/accounts/${account}/actions/invite`, { body })
    assert.equal(answer.status, 201, answer.text)
    return answer.json.data.relationships.user.data.id as string
  }
  const linkFor = (user: string, token?: string) =>
    call('POST', '/auth/invitations', { body: { account, user }, ...(token ? { token } : {}) })
  const secretOf = (answer: Answer) => {
    assert.equal(answer.status, 201, answer.text)
    return new URL(answer.json.link).hash.slice(1)
  }
  const helper = async (name: string, ...permissions: string[]) =>
    (await machine(authority, name, { permissions, scope: ['accounts', account] })).token
  const setStatus = (user: string, status: string) =>
    authority.database.write(
      async (db) => void (await db.updateTable('users').set({ status }).where('id', '=', user).execute()),
    )
  return { ...authority, account, invite, linkFor, secretOf, helper, setStatus }
}

test('a link for an invited person is created only by who may see and invite them', async (t) => {
  const { prepared, invite, linkFor, secretOf, helper, setStatus } = await setUp(t)
  const user = await invite('ann@mintmark.internal')
  const unseen = [404, 'not-found', 'There is no such person in this account.']
  assert.deepEqual(errorOf(await linkFor('user-v0onobody')), unseen)
  assert.deepEqual(errorOf(await linkFor(user, await helper('blind', 'users:create'))), unseen)
  assert.deepEqual(errorOf(await linkFor(user, await helper('reader', 'users:read'))), [
    403,
    'forbidden',
    'This requires the permission users:create.',
  ])
  assert.deepEqual(errorOf(await linkFor(prepared.user)), [
    403,
    'forbidden',
    'You cannot create a sign-in link for yourself. Ask an administrator.',
  ])
  await setStatus(user, 'Inactive')
  assert.deepEqual(errorOf(await linkFor(user)), [409, 'conflict', 'This person is inactive. Activate them first.'])
  await setStatus(user, 'Pending')
  secretOf(await linkFor(user))
  secretOf(await linkFor(user, await helper('inviter', 'users:read', 'users:create')))
})

test('a person who has joined gets no link, even without credentials', async (t) => {
  const { call, invite, linkFor, secretOf, database } = await setUp(t)
  const user = await invite('ann@mintmark.internal')
  const ann = browser({ call })
  await ann.ask('POST', '/auth/link/use', { secret: secretOf(await linkFor(user)) })
  assert.equal((await ann.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  const joined = [409, 'conflict', 'This person has already joined and signs in with their own passkey or password.']
  assert.deepEqual(errorOf(await linkFor(user)), joined)
  await database.write(
    async (db) => void (await db.updateTable('users').set({ passwordHash: null }).where('id', '=', user).execute()),
  )
  assert.deepEqual(errorOf(await linkFor(user)), joined)
})

test('an invitation is accepted only by the invited person, in a finished session, and once', async (t) => {
  const { call, invite, linkFor, secretOf, link, owner } = await setUp(t)
  const [user, second] = [await invite('ann@mintmark.internal'), await invite('bob@mintmark.internal')]
  const ann = browser({ call })
  await ann.ask('POST', '/auth/link/use', { secret: secretOf(await linkFor(user)) })
  const accept = async (secret: string, by = ann) =>
    errorOf(await by.ask('POST', '/auth/invitations/accept', { secret }))
  const bobs = secretOf(await linkFor(second))
  assert.deepEqual(await accept(bobs), [403, 'sign-in-unfinished', 'Set a passkey or a new password first.'])
  assert.equal((await ann.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  assert.deepEqual(await accept(bobs), [
    403,
    'forbidden',
    'This invitation is for another person. Sign in with the invited account to accept it.',
  ])
  const invalid = [401, 'wrong-credentials', 'This link is invalid, expired, or was already used. Ask for a new one.']
  assert.deepEqual(await accept('x'.repeat(32)), invalid)
  assert.deepEqual(await accept(await link(), owner), invalid, 'a recovery link is no invitation')
})

test('each kind of link is valid for its own time', async (t) => {
  const { call, world, database, prepared, invite, linkFor } = await setUp(t)
  const hours = (expiresAt: string) => (Date.parse(expiresAt) - world.now().getTime()) / 3_600_000
  const local = async (email?: string) => makeLocalLink(database, world, email)
  assert.equal(hours((await local()).expiresAt), limits.recoveryLinkHours)
  const user = await invite('ann@mintmark.internal')
  assert.equal(hours((await linkFor(user)).json['expires-at']), limits.invitationHours)
  assert.equal(hours((await local('ann@mintmark.internal')).expiresAt), limits.ownerLinkHours)
  const stored = await database.read.selectFrom('oneTimeLinks').selectAll().where('userId', '=', user).execute()
  for (const { id } of stored) assert.match(id, /^link-/)
  const creators = stored.map((row) => [row.purpose, creatorOfLink(row)])
  const tokenId = stored.find(({ purpose }) => purpose === 'invitation')?.tokenId ?? ''
  assert.match(tokenId, /^at-/)
  assert.deepEqual(Object.fromEntries(creators), { invitation: { id: prepared.user, tokenId }, owner: null })
  const events = (await call('GET', `/audit-events?filter[action]=one-time-links.created&filter[subject-id]=${user}`))
    .json
  const [{ attributes }] = events.data
  assert.deepEqual([attributes['subject-type'], attributes.after.purpose], ['users', 'invitation'])
})

test('a link from the command line is for an active person with this address', async (t) => {
  const { world, database, invite, setStatus } = await setUp(t)
  const user = await invite('ann@mintmark.internal')
  const refused = (email: string, message: string) =>
    assert.rejects(makeLocalLink(database, world, email), (error) => {
      assert.ok(error instanceof CannotPrepare)
      assert.equal(error.message, message)
      return true
    })
  await refused('nobody@mintmark.internal', 'no user has the email address nobody@mintmark.internal')
  await setStatus(user, 'Inactive')
  await refused('ann@mintmark.internal', 'ann@mintmark.internal is inactive')
})
