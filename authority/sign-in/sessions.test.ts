import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { startAuthority } from '../../testing/kit.ts'
import { fixedWorld } from '../world.ts'
import { findCode, insertCode } from './authorizations/code-store.ts'
import { hashOfSecret } from './secret-hash.ts'
import {
  createSession,
  endSession,
  endSessionsOf,
  findSession,
  hasRecentStepUp,
  idleExpiry,
  isDueForTouch,
  renewSession,
  sessionsOf,
  stepUpExpiry,
  touchSession,
} from './sessions.ts'

const start = Date.parse('2030-01-01T00:00:00.000Z')
const minute = 60_000
const hour = 60 * minute
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()

async function setUp(t: TestContext) {
  const world = fixedWorld(at(0))
  const { database, prepared } = await startAuthority(t, { world })
  const write = <T>(work: Parameters<typeof database.write<T>>[0]) => database.write(work)
  const signIn = (client = 'Browser') =>
    write((db) =>
      createSession(
        { db, world },
        { userId: prepared.user, address: '192.0.2.1', client, linkId: null, hasSecondFactor: false },
      ),
    )
  const find = (secret: string) => findSession(database.read, world, secret)
  const goTo = (milliseconds: number) => world.set(at(milliseconds))
  return { world, db: database.read, user: prepared.user, write, signIn, find, goTo }
}

test('a session is found by its secret, which is not stored, and records where it began', async (t) => {
  const { db, user, signIn, find } = await setUp(t)
  const { session, secret } = await signIn('x'.repeat(300))
  assert.match(session.id, /^session-/)
  assert.match(secret.open(), /^[\w-]{43}$/)
  assert.deepEqual(session, {
    id: session.id,
    userId: user,
    linkId: null,
    address: '192.0.2.1',
    client: 'x'.repeat(255),
    createdAt: at(0),
    seenAt: at(0),
    authenticatedAt: at(0),
    hasSecondFactor: 0,
    expiresAt: at(limits.sessionHoursMax * hour),
    endedAt: null,
  })
  assert.deepEqual(await find(secret.open()), session)
  assert.equal(await find('x'.repeat(43)), undefined)
  const [row] = await db.selectFrom('sessions').selectAll().execute()
  assert.deepEqual(Buffer.from(row?.hash ?? []), Buffer.from(hashOfSecret(secret.open())))
  assert.ok(!JSON.stringify(row).includes(secret.open()))
})

test('a session ends when it was idle for too long, and at its maximum age however often it is used', async (t) => {
  const { world, write, signIn, find, goTo } = await setUp(t)
  const { session, secret } = await signIn()
  const idle = limits.sessionIdleHoursMax * hour
  assert.equal(idleExpiry(session), at(idle))
  goTo(idle - 1)
  assert.ok(await find(secret.open()))
  goTo(idle)
  assert.equal(await find(secret.open()), undefined)
  const age = limits.sessionHoursMax * hour
  goTo(age - 1)
  await write((db) => touchSession(db, world, session, '192.0.2.2'))
  const used = await find(secret.open())
  assert.deepEqual([used?.seenAt, used?.address], [at(age - 1), '192.0.2.2'])
  goTo(age)
  assert.equal(await find(secret.open()), undefined)
})

test('a session is touched at most once a minute', async (t) => {
  const { world, signIn, goTo } = await setUp(t)
  const { session } = await signIn()
  goTo(minute)
  assert.equal(isDueForTouch(session, world), false)
  goTo(minute + 1)
  assert.equal(isDueForTouch(session, world), true)
})

test('re-authentication changes the secret and counts for a limited time', async (t) => {
  const { world, write, signIn, find, goTo } = await setUp(t)
  const { session, secret } = await signIn()
  const recent = limits.stepUpMinutes * minute
  assert.equal(stepUpExpiry(session), at(recent))
  goTo(recent - 1)
  assert.equal(hasRecentStepUp(session, world), true)
  goTo(recent)
  assert.equal(hasRecentStepUp(session, world), false)
  const renewed = await write((db) => renewSession({ db, world }, { ...session, linkId: 'link-1' }, true))
  const now = { authenticatedAt: at(recent), seenAt: at(recent) }
  assert.deepEqual(renewed.session, { ...session, ...now, linkId: null, hasSecondFactor: 1 })
  assert.equal(await find(secret.open()), undefined)
  assert.deepEqual(await find(renewed.secret.open()), renewed.session)
  assert.equal(hasRecentStepUp(renewed.session, world), true)
})

test("ending a session, or all others of a user, also deletes the user's authorization codes", async (t) => {
  const { world, db, user, write, signIn, find, goTo } = await setUp(t)
  const sessions = [await signIn(), await signIn(), await signIn(), await signIn()] as const
  const [first, second, third, fourth] = sessions
  const hash = hashOfSecret('code')
  const addCode = () =>
    write((db) =>
      insertCode(
        db,
        {
          hash,
          userId: user,
          redirectUri: 'http://127.0.0.1:1/',
          challenge: 'c',
          tokenName: 'n',
          expiresIn: null,
          createdAt: at(0),
          expiresAt: at(hour),
          usedAt: null,
          tokenId: null,
        },
        at(0),
      ),
    )
  const live = async () => Promise.all(sessions.map(async ({ secret }) => (await find(secret.open())) !== undefined))
  goTo(minute)
  await addCode()
  await write((db) => endSession({ db, world }, first.session))
  assert.deepEqual(await live(), [false, true, true, true])
  assert.equal(await findCode(db, hash), undefined)
  assert.equal((await sessionsOf(db, world, user)).length, 3)
  assert.deepEqual(await sessionsOf(db, world, 'user-v0onobody'), [])

  await addCode()
  assert.equal(await write((db) => endSessionsOf({ db, world }, user, second.session.id)), 2)
  assert.deepEqual(await live(), [false, true, false, false])
  assert.equal(await findCode(db, hash), undefined)
  assert.equal(await write((db) => endSessionsOf({ db, world }, user)), 1)
  assert.deepEqual(await live(), [false, false, false, false])
  const rows = await db.selectFrom('sessions').select(['id', 'endedAt']).execute()
  assert.deepEqual(new Set(rows.map(({ endedAt }) => endedAt)), new Set([at(minute)]))
  assert.equal(third.session.endedAt, null)
  assert.equal(fourth.session.endedAt, null)
})

test('only live sessions are listed, and sessions that expired long ago are deleted', async (t) => {
  const { world, db, user, signIn, goTo } = await setUp(t)
  await signIn()
  goTo(limits.sessionIdleHoursMax * hour)
  const { session } = await signIn()
  assert.deepEqual(
    (await sessionsOf(db, world, user)).map(({ id }) => id),
    [session.id],
  )
  goTo(2 * limits.sessionHoursMax * hour + 1)
  await signIn()
  const ids = await db.selectFrom('sessions').select('id').execute()
  assert.equal(ids.length, 2, 'the first one is gone')
  assert.ok(ids.some(({ id }) => id === session.id))
})
