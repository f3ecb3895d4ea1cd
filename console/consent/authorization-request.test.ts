import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuthorization, refusalOf } from './authorization-request.ts'

const asked = {
  client_id: 'terraform-cli',
  response_type: 'code',
  redirect_uri: 'http://localhost:10003/login',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
  state: 'x y',
}

test('a request is read whole, and its refusal leads back to the program alone', () => {
  const read = readAuthorization({ ...asked, machine: 'laptop' })
  assert.ok(read.is === 'right')
  assert.deepEqual([read.request.clientId, read.request.machine], ['terraform-cli', 'laptop'])
  assert.equal(refusalOf(read.request), 'http://localhost:10003/login?error=access_denied&state=x+y')
})

test('nothing is agreed to that would be sent off this machine, or that nothing protects', () => {
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
    assert.equal(readAuthorization({ ...asked, ...changed }).is, 'wrong', JSON.stringify(changed))
  assert.equal(readAuthorization({}).is, 'wrong')
})
