import assert from 'node:assert/strict'
import { test } from 'node:test'
import { denialUrl, parseAuthorizationRequest } from './authorization-request.ts'

const request = {
  client_id: 'terraform-cli',
  response_type: 'code',
  redirect_uri: 'http://localhost:10003/login',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
  state: 'x y',
}

test('a valid request is parsed, and denying it redirects to the program only', () => {
  const read = parseAuthorizationRequest({ ...request, machine: 'laptop' })
  assert.ok(read.is === 'right')
  assert.deepEqual([read.request.clientId, read.request.machine], ['terraform-cli', 'laptop'])
  assert.equal(denialUrl(read.request), 'http://localhost:10003/login?error=access_denied&state=x+y')
})

test('requests with a remote redirect URI or without PKCE are rejected', () => {
  for (const changed of [
    { redirect_uri: 'https://evil.example/login' },
    { redirect_uri: 'http://localhost.evil.example/' },
    { redirect_uri: 'http://localhost@evil.example/' },
    { redirect_uri: 'javascript:alert(1)' },
    { redirect_uri: undefined },
    { client_id: undefined },
    { response_type: 'token' },
    { code_challenge_method: 'plain' },
    { code_challenge: 'short' },
  ])
    assert.equal(parseAuthorizationRequest({ ...request, ...changed }).is, 'wrong', JSON.stringify(changed))
  assert.equal(parseAuthorizationRequest({}).is, 'wrong')
})
