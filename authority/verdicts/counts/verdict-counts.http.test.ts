import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine, startAuthority } from '../../../testing/kit.ts'
import { fixedWorld } from '../../world.ts'

test('verdicts are counted by minute and outcome for the account of the token', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:10Z')
  const authority = await startAuthority(t, { world })
  const { call, app } = authority
  const ci = await machine(authority, 'ci')
  await call('DELETE', `/access-tokens/self`, { token: ci.token })
  await app.flush()
  world.set('2030-01-01T00:01:10Z')
  for (let times = 0; times < 3; times++) assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
  await call('GET', '/ping', { token: `${ci.token.slice(0, -2)}xx` })
  await app.flush()
  const { json } = await call('GET', '/verdict-counts?sort=minute,outcome&filter[after]=2030-01-01T00:01:00.000Z')
  const counts = json.data.map(({ attributes }: { attributes: { minute: string; outcome: string; times: number } }) => [
    attributes.minute,
    attributes.outcome,
    attributes.times,
  ])
  assert.deepEqual(counts, [['2030-01-01T00:01:00.000Z', 'token-revoked', 3]])
  world.set('2030-01-02T00:01:30Z')
  await call('GET', '/ping')
  await app.flush()
  const later = (await call('GET', '/verdict-counts?sort=minute')).json.data
  assert.equal(later[0].attributes.minute, '2030-01-01T00:01:00.000Z', 'counts older than a day are deleted')
})
