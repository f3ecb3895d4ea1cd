import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { type Authority, caller, document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { stores } from '../../testing/stores.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { buildApp } from '../app.ts'
import { purgeChanges } from '../database/changes.ts'
import { openDatabase } from '../database/database.ts'
import { fixedWorld } from '../world.ts'
import { startBackground } from './background.ts'
import { applyRetention } from './retention.ts'

for (const [name, store] of Object.entries(stores))
  test(`old revoked tokens and notifications are purged, live and leaked tokens are not (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const { call, database, ...rest } = await startAuthority(t, { world, store: await store(t) })
    const { id } = await machine({ call, database, ...rest }, 'ci')
    const minted = async (name: string) => {
      const body = document('access-tokens', { name })
      const { data } = (await call('POST', `/service-accounts/${id}/access-tokens`, { body })).json
      return { id: data.id as string, token: data.attributes.token as string }
    }
    const [live, revoked, found, recentlyRevoked] = [
      await minted('live'),
      await minted('revoked'),
      await minted('found'),
      await minted('newly revoked'),
    ]
    const ping = async ({ token }: { token: string }) => {
      const { status, json } = await call('GET', '/ping', { token })
      return [status, json.errors?.[0]?.code]
    }
    assert.equal((await ping(revoked))[0], 200)
    await rest.app.flush()
    await call('DELETE', `/access-tokens/${revoked.id}`)
    const report = { token: null, body: { tokens: [found.token] }, headers: { 'content-type': 'application/json' } }
    assert.equal((await call('POST', '/leaks/report', report)).status, 202)
    const notifications = async () => (await database.read.selectFrom('notifications').select('id').execute()).length
    assert.equal(await notifications(), 1)

    world.set('2031-02-04T00:00:00Z')
    await call('DELETE', `/access-tokens/${recentlyRevoked.id}`)
    await applyRetention(database, world)
    assert.deepEqual(await ping(revoked), [401, 'token-revoked'])
    assert.equal(await notifications(), 1)
    world.set('2031-02-06T00:00:00Z')
    await applyRetention(database, world)
    assert.deepEqual(await ping(live), [200, undefined])
    assert.deepEqual(await ping(recentlyRevoked), [401, 'token-revoked'])
    assert.deepEqual(await ping(found), [401, 'token-revoked'], 'a leak report refers to it')
    const purged = await ping(revoked)
    assert.equal(purged[0], 401)
    assert.notEqual(purged[1], 'token-revoked')
    assert.equal(await notifications(), 0)
    const uses = await database.read
      .selectFrom('tokenActivity')
      .select('tokenId')
      .where('tokenId', '=', revoked.id)
      .execute()
    assert.deepEqual(uses, [])
  })

for (const [name, store] of Object.entries(stores))
  test(`a token that expired long ago is removed from every replica, then from the database (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const where = await store(t)
    const maxStalenessMilliseconds = 0
    const authority = await startAuthority(t, { world, store: where, maxStalenessMilliseconds })
    const { call, database, prepared } = authority
    const { id } = await machine(authority, 'ci')
    const logger = pino({ level: 'silent' })
    const other = await buildApp({
      database,
      world,
      masterKeys,
      logger,
      host: 'mintmark.internal',
      maxStalenessMilliseconds,
    })
    t.after(() => other.close())
    const body = document('access-tokens', { 'expires-in': 60 })
    const expiring = async () => {
      const { data } = (await call('POST', `/service-accounts/${id}/access-tokens`, { body })).json
      return { id: data.id as string, token: data.attributes.token as string }
    }
    const tokens = [await expiring(), await expiring()]
    const codes = async (from: Authority['call']) =>
      Promise.all(tokens.map(async ({ token }) => (await from('GET', '/ping', { token })).json.errors?.[0].code))
    const rows = async () =>
      (
        await database.read
          .selectFrom('accessTokens')
          .select('id')
          .where('ownerId', '=', id)
          .where('expiresAt', 'is not', null)
          .execute()
      ).length
    const both = [call, caller(other, prepared.token)]
    world.set('2031-02-03T23:00:00Z')
    await applyRetention(database, world)
    for (const each of both)
      assert.deepEqual(await codes(each), ['token-expired', 'token-expired'], 'kept for 399 days')
    world.set('2031-02-05T00:00:00Z')
    await applyRetention(database, world)
    for (const each of both) assert.deepEqual(await codes(each), ['token-revoked', 'token-revoked'])
    assert.equal(await rows(), 2, 'every node applies the change before the row is deleted')
    world.set('2031-02-06T00:00:00Z')
    await applyRetention(database, world)
    assert.equal(await rows(), 0)
    for (const each of both) assert.deepEqual(await codes(each), ['invalid-token', 'invalid-token'])
  })

test('purging starts after a minute, works in pieces, and stops with the server', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00Z')
  const database = await openDatabase({ file: `${temporaryFolder(t)}/mintmark.db` })
  t.after(() => database.close())
  const expiresAt = '2030-01-01T00:00:00Z'
  const used = Array.from({ length: 1_200 }, (_, at) => ({ id: `used-${at}`, expiresAt }))
  await database.withoutTransaction((db) => db.insertInto('usedIdTokens').values(used).execute())
  const left = async () => (await database.read.selectFrom('usedIdTokens').select('id').execute()).length
  world.set('2030-01-02T00:00:00Z')
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const nothing = async () => undefined
  const none = async () => 0
  const works = {
    logger: pino({ level: 'silent' }),
    trouble: () => (error: unknown) => assert.fail(error as Error),
    auditLog: { anchorMinutes: 5, seal: none, anchor: nothing, purge: nothing, reload: nothing },
    beginDeliveries: nothing,
    sendMail: none,
    lookAtAlerts: none,
    workOnFound: none,
    writeRefusals: nothing,
    writeCounts: nothing,
    compareClocks: nothing,
    replica: { afterWrite: nothing, fresh: () => undefined },
  }
  const begin = () => startBackground(database, world, works)
  const stopEarly = begin()
  t.mock.timers.tick(59_000)
  await stopEarly()
  assert.equal(await left(), 1_200)
  const stopWithin = begin()
  t.mock.timers.tick(60_000)
  await stopWithin()
  assert.ok((await left()) > 0, 'the current piece is finished, and the rest is left for the next start')
  const stop = begin()
  t.mock.timers.tick(60_000)
  for (let turn = 0; turn < 1_000 && (await left()) > 0; turn++) await setImmediate()
  await stop()
  assert.equal(await left(), 0)
})

test('the newest changes are kept', async (t) => {
  const { call, database } = await startAuthority(t)
  for (let turn = 0; turn < 5; turn++) await call('POST', '/teams', { body: document('teams', { name: `t${turn}` }) })
  const all = await database.read.selectFrom('changes').select('sequence').orderBy('sequence').execute()
  assert.ok(all.length > 2)
  while (await database.withoutTransaction((db) => purgeChanges(db, 2)));
  const left = await database.read.selectFrom('changes').select('sequence').orderBy('sequence').execute()
  assert.deepEqual(left, all.slice(-2))
  assert.equal(await database.withoutTransaction((db) => purgeChanges(db)), false)
})
