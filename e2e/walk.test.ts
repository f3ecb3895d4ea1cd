import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, machine, startAuthority } from '../testing/kit.ts'

test('a service account token works until it is deleted, and is refused on the very next request', async (t) => {
  const authority = await startAuthority(t)
  const { call, prepared } = authority
  const ci = await machine(authority, 'ci', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
  assert.equal((await call('GET', '/service-accounts', { token: ci.token })).status, 200)
  const tokens = await call('GET', `/service-accounts/${ci.id}/access-tokens`)
  assert.equal(tokens.json.meta.pagination['total-count'], 1)
  assert.equal('token' in tokens.json.data[0].attributes, false)
  assert.equal((await call('DELETE', `/access-tokens/${tokens.json.data[0].id}`)).status, 204)
  const refused = await call('GET', '/service-accounts', { token: ci.token })
  assert.equal(refused.status, 401)
  assert.equal(refused.json.errors[0].code, 'token-revoked')
  assert.equal((await call('POST', '/tags', { body: document('tags', { name: 'still here' }) })).status, 201)
})
