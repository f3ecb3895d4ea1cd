import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { document, machine, startAuthority, temporaryFolder } from '../journeys/kit.ts'
import { temporaryPostgres } from '../journeys/postgres.ts'
import { forgetChanges } from './database/changes.ts'
import { forgetOld } from './forgetting.ts'
import { fixedWorld } from './world.ts'

const stores = {
  SQLite: async (t: TestContext) => ({ file: `${temporaryFolder(t)}/mintmark.db` }),
  PostgreSQL: async (t: TestContext) => ({ url: await temporaryPostgres(t) }),
}

for (const [name, store] of Object.entries(stores))
  test(`dead tokens and old notices are forgotten, what is alive or was found is not (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const { call, database, ...rest } = await startAuthority(t, { world, store: await store(t) })
    const { id } = await machine({ call, database, ...rest }, 'ci')
    const minted = async (name: string) => {
      const body = document('access-tokens', { name })
      const { data } = (await call('POST', `/service-accounts/${id}/access-tokens`, { body })).json
      return { id: data.id as string, token: data.attributes.token as string }
    }
    const [live, dead, found, newlyDead] = [
      await minted('live'),
      await minted('dead'),
      await minted('found'),
      await minted('newly dead'),
    ]
    const ping = async ({ token }: { token: string }) => {
      const { status, json } = await call('GET', '/ping', { token })
      return [status, json.errors?.[0]?.code]
    }
    assert.equal((await ping(dead))[0], 200)
    await call('DELETE', `/access-tokens/${dead.id}`)
    const report = { token: null, body: { tokens: [found.token] }, headers: { 'content-type': 'application/json' } }
    assert.equal((await call('POST', '/leaks/report', report)).status, 202)
    const notices = async () => (await database.read.selectFrom('notices').select('id').execute()).length
    assert.equal(await notices(), 1)

    world.set('2031-02-04T00:00:00Z')
    await call('DELETE', `/access-tokens/${newlyDead.id}`)
    await forgetOld(database, world)
    assert.deepEqual(await ping(dead), [401, 'token-revoked'])
    assert.equal(await notices(), 1)
    world.set('2031-02-06T00:00:00Z')
    await forgetOld(database, world)
    assert.deepEqual(await ping(live), [200, undefined])
    assert.deepEqual(await ping(newlyDead), [401, 'token-revoked'])
    assert.deepEqual(await ping(found), [401, 'token-revoked'], 'a report still names it')
    const gone = await ping(dead)
    assert.equal(gone[0], 401)
    assert.notEqual(gone[1], 'token-revoked')
    assert.equal(await notices(), 0)
    const uses = await database.read.selectFrom('tokenUses').select('tokenId').where('tokenId', '=', dead.id).execute()
    assert.deepEqual(uses, [])
  })

test('of the changes the newest stay', async (t) => {
  const { call, database } = await startAuthority(t)
  for (let turn = 0; turn < 5; turn++) await call('POST', '/teams', { body: document('teams', { name: `t${turn}` }) })
  const all = await database.read.selectFrom('changes').select('sequence').orderBy('sequence').execute()
  assert.ok(all.length > 2)
  while (await database.bare((db) => forgetChanges(db, 2)));
  const left = await database.read.selectFrom('changes').select('sequence').orderBy('sequence').execute()
  assert.deepEqual(left, all.slice(-2))
  assert.equal(await database.bare((db) => forgetChanges(db)), false)
})
