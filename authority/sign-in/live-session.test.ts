import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startAuthority } from '../../testing/kit.ts'
import type { Owner } from '../verdicts/verify-token.ts'
import { fixedWorld } from '../world.ts'
import { findLiveSession } from './live-session.ts'
import { createSession } from './sessions.ts'

const start = '2030-01-01T00:00:00.000Z'
const address = '192.0.2.9'

async function setUp(t: TestContext) {
  const world = fixedWorld(start)
  const { database, prepared } = await startAuthority(t, { world })
  const { user, account } = prepared
  const owner = { id: user, kind: 'user', active: true, accounts: [account], email: null } as unknown as Owner
  const signIn = async (linkId: string | null) => {
    const { session, secret } = await database.write((db) =>
      createSession(
        { db, world },
        { userId: user, address: '192.0.2.1', client: 'Browser', linkId, hasSecondFactor: false },
      ),
    )
    return { session, secret: secret.open() }
  }
  /** By default, the owner is active and its networks include the address. */
  const find = (secret: string, { isActive = true, isKnown = true } = {}) =>
    findLiveSession(
      {
        database,
        world,
        verifyOwner: async (id, from) => {
          assert.deepEqual([id, from], [user, address])
          return isActive ? { owner, accounts: [account] } : undefined
        },
        ownerOf: (id) => (isKnown && id === user ? owner : undefined),
      },
      secret,
      address,
    )
  const setUser = (change: { status?: string; changePasswordOnSignIn?: number }) =>
    database.write(async (db) => void (await db.updateTable('users').set(change).where('id', '=', user).execute()))
  return { world, database, owner, account, signIn, find, setUser }
}

test('the session of an active user has the accounts that allow the address', async (t) => {
  const { owner, account, signIn, find } = await setUp(t)
  const { session, secret } = await signIn(null)
  assert.deepEqual(await find(secret), { session, owner, accounts: [account], needs: null })
  assert.equal(await find('x'.repeat(43)), undefined)
  assert.equal(await find(secret, { isActive: false }), undefined)
})

test('the session of a link is unfinished, and has no account while the user is not active', async (t) => {
  const { owner, account, signIn, find } = await setUp(t)
  const { session, secret } = await signIn('link-1')
  assert.deepEqual(await find(secret), { session, owner, accounts: [account], needs: 'credential' })
  assert.deepEqual(await find(secret, { isActive: false }), { session, owner, accounts: [], needs: 'credential' })
  assert.equal(await find(secret, { isActive: false, isKnown: false }), undefined)
})

test('the session of a user who has to replace a password is unfinished', async (t) => {
  const { signIn, find, setUser } = await setUp(t)
  const { secret } = await signIn(null)
  await setUser({ changePasswordOnSignIn: 1 })
  assert.equal((await find(secret))?.needs, 'new-password')
})

test('no session of a deactivated user is live, whatever else says otherwise', async (t) => {
  const { signIn, find, setUser } = await setUp(t)
  const [own, ofLink] = [await signIn(null), await signIn('link-1')]
  await setUser({ status: 'Inactive' })
  for (const { secret } of [own, ofLink])
    for (const isActive of [true, false]) assert.equal(await find(secret, { isActive }), undefined)
})

test('a session records its last use and address, at most once a minute', async (t) => {
  const { world, database, signIn, find } = await setUp(t)
  const { session, secret } = await signIn(null)
  const stored = async () =>
    database.read.selectFrom('sessions').select(['seenAt', 'address']).where('id', '=', session.id).executeTakeFirst()
  world.set('2030-01-01T00:01:00.000Z')
  await find(secret)
  assert.deepEqual({ ...(await stored()) }, { seenAt: start, address: '192.0.2.1' })
  world.set('2030-01-01T00:01:00.001Z')
  await find(secret)
  assert.deepEqual({ ...(await stored()) }, { seenAt: '2030-01-01T00:01:00.001Z', address })
})
