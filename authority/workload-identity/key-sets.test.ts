import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedWorld } from '../world.ts'
import { keySets } from './key-sets.ts'

test('an issuer that nobody trusts is waited for once in ten minutes, as the keys of a trusted one are', async () => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const sets = keySets(world, async () => assert.fail('something was fetched'))
  const first = sets.pretend('https://one.mintmark.internal')
  assert.equal(sets.pretend('https://one.mintmark.internal'), first)
  assert.notEqual(sets.pretend('https://two.mintmark.internal'), first)
  world.set('2030-01-01T00:09:59.000Z')
  assert.equal(sets.pretend('https://one.mintmark.internal'), first)
  world.set('2030-01-01T00:10:00.000Z')
  assert.notEqual(sets.pretend('https://one.mintmark.internal'), first)
  await first
})

test('an address without TLS is not asked for keys, whoever names it', async () => {
  const asked: string[] = []
  const issuer = 'https://one.mintmark.internal'
  const fetch = async (url: string) => {
    asked.push(url)
    return Response.json({ issuer, jwks_uri: 'http://169.254.169.254/latest/meta-data' })
  }
  const { status } = await keySets(fixedWorld('2030-01-01T00:00:00.000Z'), fetch).find(issuer)
  assert.equal(status, 'invalid_provider_settings')
  assert.deepEqual(asked, [`${issuer}/.well-known/openid-configuration`])
})
