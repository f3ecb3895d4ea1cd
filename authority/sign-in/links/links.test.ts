/** Sign-in links: who may create one, who may accept an invitation, when a link is valid, and for how long. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { migratedStore } from '../../../testing/kit.ts'
import { refusalOf, signInServices, signInTime } from '../../../testing/prepared/sign-in-services.ts'
import { CannotPrepare } from '../../cannot-prepare.ts'
import { type Actor, Refusal, systemActor } from '../../context.ts'
import { openDatabase } from '../../database/database.ts'
import { accept } from './accept.ts'
import { inviteByLink } from './invitations.ts'
import { createLink, creatorOfLink, findLink, requireUsableLink } from './links.ts'
import { makeLocalLink } from './local-link.ts'

const invalid = ['wrong-credentials', 'This link is invalid, expired, or was already used. Ask for a new one.']

async function setUp(t: TestContext) {
  const sample = await signInServices(t)
  const { services, request, database, account, user, other, world, write, update } = sample
  await update({ passwordHash: null, status: 'Pending' }, other)
  const { insertServiceAccounts, insertPolicy } = sample
  const actorOf = (id: string, ...permissions: string[]): Actor => ({
    ...systemActor,
    kind: 'user',
    id,
    accounts: [account],
    rights: { grants: [{ scope: { account }, permissions }] },
  })
  /** By the owner of the account by default. */
  const inviteBy = (actor = actorOf(user, '*:*'), invited = other) =>
    write((db) => {
      const context = { ...services.baseContext, db, actor, request: request.request, auditedEvents: { rows: 0 } }
      return inviteByLink(context, { account, user: invited })
    })
  const linkBy = async (
    id: string,
    accountId: string | null = account,
    { tokenId = '', purpose = 'invitation' as 'invitation' | 'recovery' } = {},
  ) => {
    const actor = { ...actorOf(id), tokenId }
    const { secret } = await write((db) =>
      createLink(
        { db, world, actor, request: request.request, auditedEvents: { rows: 0 } },
        { purpose, userId: other, accountId },
      ),
    )
    return secret.open()
  }
  /** A service account with these permissions in the account. */
  const helper = async (...permissions: string[]) => {
    const id = `sa-${permissions.join('-').replaceAll(':', '-')}`
    await insertServiceAccounts({ id })
    await insertPolicy({ serviceAccountId: id }, permissions)
    return id
  }
  const find = (secret: string) => findLink(database.read, world, secret)
  const linkRows = () => database.read.selectFrom('oneTimeLinks').selectAll().orderBy('createdAt').execute()
  return { ...sample, actorOf, inviteBy, linkBy, helper, find, linkRows }
}

test('only who may see and invite a person of the account creates a link for them', async (t) => {
  const { user, other, actorOf, inviteBy, insertInvitation } = await setUp(t)
  const unseen = ['not-found', 'There is no such person in this account.']
  assert.deepEqual(await refusalOf(inviteBy()), unseen, 'of no account')
  assert.deepEqual(await refusalOf(inviteBy(undefined, 'user-unknown')), unseen)
  await insertInvitation(other)
  assert.deepEqual(await refusalOf(inviteBy(actorOf('sa-blind', 'users:create'))), unseen)
  assert.deepEqual(await refusalOf(inviteBy(actorOf('sa-reader', 'users:read'))), [
    'forbidden',
    'This requires the permission users:create.',
  ])
  assert.deepEqual(await refusalOf(inviteBy(undefined, user)), [
    'forbidden',
    'You cannot create a sign-in link for yourself. Ask an administrator.',
  ])
  const { person, secret, expiresAt } = await inviteBy(actorOf('sa-inviter', 'users:read', 'users:create'))
  assert.deepEqual([person.id, secret.open().length], [other, 32])
  assert.equal(Date.parse(expiresAt) - Date.parse(signInTime), limits.invitationHours * 3_600_000)
})

test('a person who is inactive or has joined gets no link', async (t) => {
  const { other, update, inviteBy, insertMembership, passkeyOf } = await setUp(t)
  await insertMembership(other)
  await inviteBy()
  await update({ status: 'Inactive' }, other)
  assert.deepEqual(await refusalOf(inviteBy()), ['conflict', 'This person is inactive. Activate them first.'])
  const joined = ['conflict', 'This person has already joined and signs in with their own passkey or password.']
  await update({ status: 'Active' }, other)
  assert.deepEqual(await refusalOf(inviteBy()), joined, 'even without credentials')
  await update({ status: 'Pending' }, other)
  await passkeyOf(other)
  assert.deepEqual(await refusalOf(inviteBy()), joined)
})

test('the inviter holds all rights that the link gives access to', async (t) => {
  const { account, other, actorOf, inviteBy, insertAccount, insertInvitation, insertPolicy, passkeyOf } = await setUp(t)
  await insertInvitation(other)
  await insertAccount('acc-second')
  await insertInvitation(other, 'acc-second')
  await insertPolicy({ userId: other }, ['teams:read'], 'acc-second')
  const inviting = ['users:read', 'users:create']
  const [code] = await refusalOf(inviteBy())
  assert.equal(code, 'grants-more-than-held', 'in every account, for a person without credentials')
  await passkeyOf(other)
  await inviteBy(actorOf('sa-inviter', ...inviting))
  await insertPolicy({ userId: other }, ['teams:read'], account)
  assert.equal((await refusalOf(inviteBy(actorOf('sa-inviter', ...inviting))))[0], code)
  await inviteBy(actorOf('sa-inviter', ...inviting, 'teams:read'))
})

test('a link is valid while its creator may invite and holds all rights that it gives access to', async (t) => {
  const { account, other, write, find, linkBy, helper, insertAccount, insertInvitation, insertPolicy, passkeyOf } =
    await setUp(t)
  await insertInvitation(other)
  const [inviter, reader] = [await helper('users:create'), await helper('users:read')]
  const isValid = async (secret: string) => {
    const found = await find(secret).catch((error) => error)
    if (found instanceof Refusal) assert.deepEqual([found.code, found.message], invalid)
    else assert.equal(found.userId, other)
    return !(found instanceof Refusal)
  }
  assert.equal(await isValid(await linkBy(reader)), false)
  assert.equal(await isValid(await linkBy('sa-deleted')), false)
  assert.equal(await isValid(await linkBy(inviter, null)), false)
  const secret = await linkBy(inviter)
  assert.equal(await isValid(secret), true)
  await insertAccount('acc-second')
  await insertInvitation(other, 'acc-second')
  await insertPolicy({ userId: other }, ['teams:read'], 'acc-second')
  assert.equal(await isValid(secret), false, 'rights in another account')
  await passkeyOf(other)
  assert.equal(await isValid(secret), true, 'which a person with credentials does not get by the link')
  await insertPolicy({ userId: other }, ['teams:read'], account)
  assert.equal(await isValid(secret), false, 'rights in this account')
  assert.equal(await isValid(await linkBy(await helper('users:create', 'teams:read'))), true)
  await write(async (db) => void (await db.deleteFrom('accountInvitations').where('accountId', '=', account).execute()))
  assert.equal(await isValid(await linkBy(inviter)), false, 'the invitation was withdrawn')
})

test('a link that resets a sign-in is valid while its creator may update users, not if they may only invite', async (t) => {
  const { other, find, linkBy, helper, insertMembership } = await setUp(t)
  await insertMembership(other)
  const [updater, inviter] = [await helper('users:update'), await helper('users:create')]
  const recoveryBy = (id: string) => linkBy(id, undefined, { purpose: 'recovery' })
  assert.equal((await find(await recoveryBy(updater))).userId, other)
  assert.deepEqual(await refusalOf(find(await recoveryBy(inviter))), invalid)
  assert.deepEqual(await refusalOf(find(await linkBy(updater))), invalid, 'an invitation')
})

test('a link is valid once and until it expires, and its session until the person has credentials', async (t) => {
  const { world, database, other, user, write, find, linkBy, linkRows, insertInvitation, passkeyOf } = await setUp(t)
  await insertInvitation(other)
  const secret = await linkBy(user)
  assert.deepEqual(await refusalOf(find('x'.repeat(32))), invalid)
  const { id } = await find(secret)
  const check = () => requireUsableLink({ db: database.read, world }, id)
  await check()
  assert.deepEqual(await refusalOf(requireUsableLink({ db: database.read, world }, 'link-unknown')), invalid)
  const end = Date.parse(signInTime) + limits.invitationHours * 3_600_000
  world.set(new Date(end - 1).toISOString())
  assert.equal((await find(secret)).id, (await linkRows())[0]?.id)
  await check()
  world.set(new Date(end).toISOString())
  assert.deepEqual([await refusalOf(find(secret)), await refusalOf(check())], [invalid, invalid])
  world.set(signInTime)
  await passkeyOf(other)
  await find(secret)
  assert.deepEqual(await refusalOf(check()), invalid)
  await write(async (db) => void (await db.deleteFrom('passkeys').execute()))
  await check()
  await write(async (db) => void (await db.deleteFrom('accountInvitations').execute()))
  assert.deepEqual(await refusalOf(check()), invalid)
})

test('an invitation is accepted by the invited person, and once', async (t) => {
  const sample = await setUp(t)
  const { services, request, database, world, account, user, other, person, linkBy, passkeyOf } = sample
  await sample.insertInvitation(other)
  await passkeyOf(other)
  const secret = await linkBy(user)
  const acceptAs = async (id: string, text = secret) => accept(services, request, await person(id), text)
  assert.deepEqual(await refusalOf(acceptAs(user)), [
    'forbidden',
    'This invitation is for another person. Sign in with the invited account to accept it.',
  ])
  const recovery = (await makeLocalLink(database, world, 'user-other@mintmark.internal')).secret.open()
  assert.deepEqual(await refusalOf(acceptAs(other, recovery)), invalid)
  assert.equal(await acceptAs(other), account)
  assert.deepEqual(await refusalOf(acceptAs(other)), invalid)
  const members = await database.read.selectFrom('accountUsers').selectAll().where('userId', '=', other).execute()
  assert.deepEqual(
    members.map(({ accountId, vouchedById }) => [accountId, vouchedById]),
    [[account, null]],
  )
  const events = (await sample.events()).map(([action]) => action)
  assert.deepEqual(events.slice(-2), ['accounts.invitation-accepted', 'invitations.accepted'])
})

test('each link is stored with its creator and the hash of its secret, and audited', async (t) => {
  const { user, other, account, linkBy, linkRows, events, insertInvitation } = await setUp(t)
  await insertInvitation(other)
  const secret = await linkBy(user, account, { tokenId: 'at-1' })
  const [row] = await linkRows()
  assert.ok(row)
  assert.match(row.id, /^link-/)
  assert.ok(!Buffer.from(row.hash).includes(secret))
  const expiresAt = new Date(Date.parse(signInTime) + limits.invitationHours * 3_600_000).toISOString()
  const { id: _, hash: __, ...rest } = row
  const creator = { createdById: user, tokenId: 'at-1' }
  const invitation = { purpose: 'invitation', userId: other, accountId: account }
  assert.deepEqual(rest, { ...invitation, ...creator, createdAt: signInTime, expiresAt, usedAt: null })
  assert.deepEqual(creatorOfLink(row), { id: user, tokenId: 'at-1' })
  assert.deepEqual(await events(), [['one-time-links.created', other, { purpose: 'invitation', expiresAt }]])
})

test('a link from the command line is valid whoever may do what, and also for a person with credentials', async (t) => {
  const { world, database, user, find } = await setUp(t)
  const { secret } = await makeLocalLink(database, world)
  const link = await find(secret.open())
  assert.equal(link.userId, user)
  await requireUsableLink({ db: database.read, world }, link.id)
})

test('a link from the command line is for the owner, or an active person with this address', async (t) => {
  const { world, database, user, other, update, linkRows } = await setUp(t)
  const hours = (time: string) => (Date.parse(time) - Date.parse(signInTime)) / 3_600_000
  const ofOwner = await makeLocalLink(database, world)
  assert.deepEqual([ofOwner.email, hours(ofOwner.expiresAt)], ['owner@mintmark.internal', limits.recoveryLinkHours])
  const address = 'user-other@mintmark.internal'
  assert.equal(hours((await makeLocalLink(database, world, address)).expiresAt), limits.ownerLinkHours)
  const rows = await linkRows()
  assert.deepEqual(
    rows.map((row) => [row.userId, row.purpose, creatorOfLink(row)]).toSorted(),
    [
      [other, 'owner', null],
      [user, 'recovery', null],
    ].toSorted(),
  )
  const [event] = await database.read
    .selectFrom('auditEvents')
    .selectAll()
    .where('action', '=', 'one-time-links.created')
    .execute()
  assert.deepEqual(
    [event?.actorType, event?.actorId, event?.requestId, event?.address, event?.subjectType],
    ['system', null, 'local-link', 'local', 'users'],
  )
  const refused = (of: typeof database, message: string, email?: string) =>
    assert.rejects(makeLocalLink(of, world, email), (error) => {
      assert.ok(error instanceof CannotPrepare)
      assert.equal(error.message, message)
      return true
    })
  await refused(database, 'no user has the email address nobody@x.example', 'nobody@x.example')
  await update({ status: 'Inactive' }, other)
  await refused(database, `${address} is inactive`, address)
  const empty = await openDatabase(await migratedStore(t))
  t.after(() => empty.close())
  await refused(empty, 'no account has an owner')
})
