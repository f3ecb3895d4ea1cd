import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { browser, signedIn, strong } from '../../../testing/browser.ts'
import { document } from '../../../testing/kit.ts'

const verifier = '8f9d1c1e-1111-4222-8333-444455556666.123456789'
const codeChallenge = createHash('sha256').update(verifier).digest('base64url')
const redirectUri = 'http://localhost:10003/login'
const consent = {
  'client-id': 'terraform-cli',
  'redirect-uri': redirectUri,
  'code-challenge': codeChallenge,
  state: 'abc',
  name: 'terraform on laptop',
  'expires-in': 60,
}
const form = { 'content-type': 'application/x-www-form-urlencoded' }

async function setUpConsent(...[t]: Parameters<typeof signedIn>) {
  const started = await signedIn(t)
  const approve = async (changed: object = {}) => {
    const answer = await started.owner.ask('POST', '/auth/authorizations', { ...consent, ...changed })
    assert.equal(answer.status, 200, answer.text)
    return new URL(answer.json['redirect-to'])
  }
  const exchange = (
    code: string | null,
    changed: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => {
    const members = {
      grant_type: 'authorization_code',
      code: code ?? '',
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }
    const body = new URLSearchParams({ ...members, client_id: 'terraform-cli', ...changed }).toString()
    return started.call('POST', '/oauth/token', { token: null, headers: { ...form, ...headers }, body })
  }
  return { ...started, approve, exchange }
}

test('discovery returns the login endpoints, and the authorization endpoint redirects to the console with all parameters', async (t) => {
  const { call } = await signedIn(t)
  const { json } = await call('GET', '/.well-known/terraform.json', { token: null })
  const { authz, token, grant_types, ports } = json['login.v1']
  assert.deepEqual([authz, token, grant_types], ['/oauth/authorize', '/oauth/token', ['authz_code']])
  assert.ok(ports[0] >= 1024 && ports[1] - ports[0] >= 10)
  const query = new URLSearchParams({
    client_id: 'terraform-cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'abc',
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  })
  const sent = await call('GET', `/oauth/authorize?${query}`, { token: null })
  assert.deepEqual([sent.status, sent.headers['location']], [302, `/authorize?${query}`])
  query.set('code_challenge_method', 'plain')
  const back = await call('GET', `/oauth/authorize?${query}`, { token: null })
  assert.equal(back.headers['location'], `${redirectUri}?error=invalid_request&state=abc`)
})

test('redirect URIs that are not on the loopback interface are rejected', async (t) => {
  const { call, owner } = await signedIn(t)
  for (const uri of [
    'https://evil.example/login',
    'http://evil.example/login',
    'http://localhost.evil.example/login',
    'http://localhost@evil.example/login',
    'http://user:secret@localhost:1/login',
    'javascript:alert(1)',
    '//evil.example',
    '',
  ]) {
    const query = new URLSearchParams({ response_type: 'code', redirect_uri: uri, code_challenge: codeChallenge })
    const refused = await call('GET', `/oauth/authorize?${query}`, { token: null })
    assert.deepEqual([uri, refused.status, refused.headers['location']], [uri, 400, undefined])
    const agreed = await owner.ask('POST', '/auth/authorizations', { ...consent, 'redirect-uri': uri })
    assert.deepEqual([uri, agreed.status], [uri, 422])
  }
})

test('a code is exchanged for the approved token, and using it twice revokes that token', async (t) => {
  const { approve, exchange, call } = await setUpConsent(t)
  const back = await approve()
  assert.deepEqual([back.origin + back.pathname, back.searchParams.get('state')], [redirectUri, 'abc'])
  const code = back.searchParams.get('code')
  // Go's OAuth library first sends the client ID as a user name without a password.
  const exchanged = await exchange(code, {}, { authorization: `Basic ${btoa('terraform-cli:')}` })
  assert.deepEqual([exchanged.status, exchanged.json.token_type, exchanged.json.expires_in], [200, 'bearer', 3600])
  const token = exchanged.json.access_token
  const self = await call('GET', '/access-tokens/self', { token })
  assert.equal(self.json.data.attributes.name, 'terraform on laptop')
  const created = await call('POST', '/access-tokens', {
    token,
    body: { data: { type: 'access-tokens', attributes: { 'expires-in': 10 } } },
  })
  const successor = await call('POST', '/access-tokens/self/actions/rotate', {
    token,
    body: {},
    headers: { 'content-type': 'application/json' },
  })
  const again = await exchange(code)
  assert.deepEqual([again.status, again.json], [400, { error: 'invalid_grant' }])
  assert.equal((await call('GET', '/access-tokens/self', { token })).status, 401)
  // The attacker may have exchanged the code first.
  for (const { json } of [created, successor])
    assert.equal((await call('GET', '/ping', { token: json.data.attributes.token })).status, 401)
})

test('a code is rejected with another verifier or redirect URI, and after 60 seconds', async (t) => {
  const { approve, exchange, world, call, owner } = await setUpConsent(t)
  const code = (await approve()).searchParams.get('code')
  const others: Record<string, string>[] = [
    { code_verifier: 'x'.repeat(43) },
    { redirect_uri: 'http://localhost:10004/login' },
  ]
  for (const changed of others) assert.deepEqual((await exchange(code, changed)).json, { error: 'invalid_grant' })
  assert.deepEqual((await exchange('made up')).json, { error: 'invalid_grant' })
  assert.deepEqual((await exchange(code, { grant_type: 'password' })).json, { error: 'unsupported_grant_type' })
  world.set('2030-01-01T00:01:01Z')
  assert.deepEqual((await exchange(code)).json, { error: 'invalid_grant' })
  const own = await call('GET', '/access-tokens')
  assert.equal(own.json.data.length, 1, 'no token was created')
  world.set('2030-01-01T00:20:00Z')
  const late = await owner.ask('POST', '/auth/authorizations', consent)
  assert.equal(late.json.errors[0].code, 'step-up-required')
})

test('a code is rejected after its person signed out or changed a credential', async (t) => {
  const { approve, exchange, owner, call, prepared } = await setUpConsent(t)
  const other = browser({ call })
  const signInAgain = () => other.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })
  const session = async () => (await owner.ask('GET', '/auth/session')).json.session.id
  const changes: Record<string, () => Promise<{ status: number }>> = {
    'all other sessions are ended': () => other.ask('POST', '/auth/sessions/end-others', {}),
    'the session is ended': async () => other.ask('DELETE', `/auth/sessions/${await session()}`),
    'the person signs out': () => owner.ask('POST', '/auth/sign-out', {}),
    'the password is changed': () => other.ask('PUT', '/auth/methods/password', { password: `${strong}!` }),
  }
  for (const [name, end] of Object.entries(changes)) {
    assert.equal((await signInAgain()).status, 200)
    await owner.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })
    const code = (await approve()).searchParams.get('code')
    const { status } = await end()
    assert.ok(status === 200 || status === 204, `${name}: ${status}`)
    assert.deepEqual((await exchange(code)).json, { error: 'invalid_grant' }, name)
  }
})

test('the maximum lifetime of personal tokens is enforced before the person approves', async (t) => {
  const { owner, call } = await signedIn(t)
  const body = document('security-rules', { 'max-personal-token-lifetime': 30 })
  assert.equal((await call('PATCH', '/security-rules', { body })).status, 200)
  const refused = await owner.ask('POST', '/auth/authorizations', consent)
  assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/expires-in'])
  assert.equal((await owner.ask('POST', '/auth/authorizations', { ...consent, 'expires-in': null })).status, 422)
  assert.equal((await owner.ask('POST', '/auth/authorizations', { ...consent, 'expires-in': 30 })).status, 200)
})
