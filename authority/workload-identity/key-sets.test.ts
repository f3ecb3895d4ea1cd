import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedWorld } from '../world.ts'
import { keySets } from './key-sets.ts'

test('the fetch of an untrusted issuer is simulated once in ten minutes, like that of a trusted one', async () => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const sets = keySets(world, async () => assert.fail('a URL was fetched'))
  const first = sets.simulateFetch('https://one.mintmark.internal')
  assert.equal(sets.simulateFetch('https://one.mintmark.internal'), first)
  assert.notEqual(sets.simulateFetch('https://two.mintmark.internal'), first)
  world.set('2030-01-01T00:09:59.000Z')
  assert.equal(sets.simulateFetch('https://one.mintmark.internal'), first)
  world.set('2030-01-01T00:10:00.000Z')
  assert.notEqual(sets.simulateFetch('https://one.mintmark.internal'), first)
  await first
})

test('keys are not fetched from a URL without TLS', async () => {
  const requested: string[] = []
  const issuer = 'https://one.mintmark.internal'
  const fetch = async (url: string) => {
    requested.push(url)
    return Response.json({ issuer, jwks_uri: 'http://169.254.169.254/latest/meta-data' })
  }
  const { status } = await keySets(fixedWorld('2030-01-01T00:00:00.000Z'), fetch).find(issuer)
  assert.equal(status, 'invalid_provider_settings')
  assert.deepEqual(requested, [`${issuer}/.well-known/openid-configuration`])
})
