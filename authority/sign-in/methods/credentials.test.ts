import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { fixedWorld } from '../../world.ts'
import { hasOwnCredentials, isVouchedFor } from './credentials.ts'

const start = Date.parse('2030-01-01T00:00:00.000Z')
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()
const valid = limits.invitationHours * 3_600_000

async function setUp(t: TestContext) {
  const world = fixedWorld(at(0))
  const authority = await startAuthority(t, { world })
  const { call, database, prepared } = authority
  const db = database.read
  const set = (id: string, change: Partial<Person>) =>
    database.write(async (write) => void (await write.updateTable('users').set(change).where('id', '=', id).execute()))
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'ann@mintmark.internal' }),
  })
  const guest = invited.json.data.relationships.user.data.id as string
  /** Whether the first password of a person is accepted. */
  const isAccepted = async (id: string, first: Partial<Person>) => {
    const person = (await personById(db, id)) as Person
    return isVouchedFor({ db, world }, { ...person, changePasswordOnSignIn: 1, passwordChangedAt: at(0), ...first })
  }
  return { authority, world, db, set, owner: prepared.user, account: prepared.account, guest, isAccepted }
}

test('a person has credentials of their own with a password that they chose or a passkey', async (t) => {
  const { authority, db, set, owner } = await setUp(t)
  assert.equal(await hasOwnCredentials(db, owner), false)
  await set(owner, { passwordHash: 'x', changePasswordOnSignIn: 1 })
  assert.equal(await hasOwnCredentials(db, owner), false, 'not with a first password')
  await authority.database.write(
    async (write) =>
      void (await write
        .insertInto('passkeys')
        .values({
          id: 'passkey-1',
          userId: owner,
          credentialId: 'c',
          publicKey: new Uint8Array(1),
          counter: 0,
          transports: '[]',
          name: 'Laptop',
          createdAt: at(0),
          lastUsedAt: null,
        })
        .execute()),
  )
  assert.equal(await hasOwnCredentials(db, owner), true)
  await set(owner, { changePasswordOnSignIn: 0 })
  assert.equal(await hasOwnCredentials(db, owner), true)
  assert.equal(await hasOwnCredentials(db, 'user-v0onobody'), false)
})

test('a password that the person chose is always accepted', async (t) => {
  const { owner, isAccepted } = await setUp(t)
  assert.equal(await isAccepted(owner, { changePasswordOnSignIn: 0, passwordChangedAt: null }), true)
})

test('a first password is accepted for as long as an invitation', async (t) => {
  const { world, owner, isAccepted } = await setUp(t)
  const first = { passwordSetById: owner, passwordSetTokenId: null }
  assert.equal(await isAccepted(owner, first), true)
  world.set(at(valid - 1))
  assert.equal(await isAccepted(owner, first), true)
  world.set(at(valid))
  assert.equal(await isAccepted(owner, first), false)
  assert.equal(await isAccepted(owner, { ...first, passwordChangedAt: null }), false)
})

test('a first password is accepted only while its creator holds all rights of the person', async (t) => {
  const { authority, account, owner, guest, isAccepted } = await setUp(t)
  const helper = await machine(authority, 'helper', { permissions: ['users:*'], scope: ['accounts', account] })
  const by = (passwordSetById: string | null, passwordSetTokenId: string | null = null) => ({
    passwordSetById,
    passwordSetTokenId,
  })
  assert.equal(await isAccepted(guest, by(helper.id)), true, 'the person has no rights')
  assert.equal(await isAccepted(guest, by(null)), true)
  assert.equal(await isAccepted(owner, by(helper.id)), false)
  assert.equal(await isAccepted(owner, by(null)), false, 'the creator is unknown')
  const narrowed = await authority.call('POST', '/access-tokens', {
    body: document('access-tokens', { permissions: ['users:*'] }),
  })
  assert.equal(await isAccepted(owner, by(owner, narrowed.json.data.id)), false, 'the token is narrowed')
  assert.equal(await isAccepted(owner, by(owner)), true)
})
