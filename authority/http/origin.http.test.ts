/** Hosts and origins are compared after normalization, and an invalid one is a client error, never a server error. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Authority, startAuthority } from '../../testing/kit.ts'
import { parseOrigin } from './origin.ts'

/** 401 for wrong credentials means that the origin was accepted; 403 that it was not. */
const signIn = (authority: Authority, headers: Record<string, string>) =>
  authority.call('POST', '/auth/sign-in', {
    token: null,
    body: { email: 'nobody@example.com', password: 'wrong' },
    headers: { 'x-mintmark-console': '1', ...headers },
  })

describe('a browser signs in', () => {
  const accepted: [host: string, origin: string][] = [
    ['mint.example.com', 'https://mint.example.com'],
    ['mint.example.com:443', 'https://mint.example.com'],
    ['MINT.example.com', 'https://mint.example.com'],
    ['mint.example.com.', 'https://mint.example.com.'],
    ['mint.example.com.:443', 'https://mint.example.com'],
    ['mint.example.com:8443', 'https://mint.example.com:8443'],
    ['xn--mnt-gla.example', 'https://xn--mnt-gla.example'],
    ['localhost:80', 'http://localhost'],
    ['LOCALHOST:8420', 'http://localhost:8420'],
    ['127.0.0.1:8420', 'http://127.0.0.1:8420'],
    ['[::1]:8420', 'http://[::1]:8420'],
    ['[0:0:0:0:0:0:0:1]:80', 'http://[::1]'],
    ['[2001:DB8::1]:443', 'https://[2001:db8::1]'],
  ]
  for (const [host, origin] of accepted) {
    test(`through a proxy that sends Host: ${host} for ${origin}`, async (t) => {
      const answer = await signIn(await startAuthority(t), { host, origin })
      assert.equal(answer.status, 401, answer.text)
    })
  }

  const refused: [host: string, origin: string, code: string][] = [
    ['mint.example.com', 'https://evil.example', 'forbidden'],
    ['mint.example.com', 'https://mint.example.com:8443', 'forbidden'],
    ['mint.example.com:80', 'https://mint.example.com', 'forbidden'],
    ['mint.example.com', 'https://mint.example.com.evil.example', 'forbidden'],
    ['mint.example.com', 'null', 'forbidden'],
    ['mint.example.com', 'https://mint.example.com@evil.example', 'forbidden'],
    ['mint.example.com', 'file://mint.example.com', 'forbidden'],
    ['mint.example.com', 'http://mint.example.com', 'insecure-connection'],
    ['127.evil', 'http://127.evil', 'insecure-connection'],
    ['127.0.0.1.evil.example', 'http://127.0.0.1.evil.example', 'insecure-connection'],
  ]
  for (const [host, origin, code] of refused) {
    test(`but not from ${origin} at Host: ${host}`, async (t) => {
      const answer = await signIn(await startAuthority(t), { host, origin })
      assert.deepEqual([answer.status, answer.json.errors[0].code], [403, code])
    })
  }

  test('at the configured URL, regardless of the Host header', async (t) => {
    const authority = await startAuthority(t, { publicUrl: 'https://mint.example.com' })
    assert.equal((await signIn(authority, { host: 'mintmark:8420', origin: 'https://mint.example.com' })).status, 401)
    assert.equal((await signIn(authority, { host: 'mintmark:8420', origin: 'https://evil.example' })).status, 403)
  })
})

describe('an invalid Host', () => {
  const odd = [
    '',
    ' ',
    '[',
    '[::1',
    'a b',
    'a/b',
    'a@b',
    'a#b',
    'a?b',
    'a:b',
    'a:99999',
    '%',
    '\\',
    ':80',
    '<script>',
    'é',
    '[::1]x',
  ]
  const paths = [
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/.well-known/terraform.json'],
    ['GET', '/leaks/patterns?format=trufflehog'],
    ['POST', '/auth/passkey/options'],
    ['POST', '/auth/sign-in'],
    ['GET', '/auth/session'],
    ['GET', '/ping'],
    ['GET', '/healthz'],
    ['GET', '/docs'],
    ['GET', '/nothing'],
  ] as const
  for (const [method, path] of paths) {
    test(`never causes a server error: ${method} ${path}`, async (t) => {
      const { call } = await startAuthority(t)
      for (const host of odd) {
        const headers = { host, 'x-mintmark-console': '1' }
        const { status } = await call(method, path, { headers, ...(method === 'POST' ? { body: {} } : {}) })
        assert.ok(status < 500, `${JSON.stringify(host)}: ${status}`)
      }
    })
  }

  test('is rejected when the response would contain a URL', async (t) => {
    const { call } = await startAuthority(t)
    const { status, json } = await call('GET', '/.well-known/oauth-authorization-server', { headers: { host: 'a/b' } })
    assert.equal(status, 400)
    assert.match(json.errors[0].detail, /^Header Host: /)
  })
})

test('the configured URL, not the Host header, is the issuer and appears in rule files', async (t) => {
  const { call } = await startAuthority(t, { publicUrl: 'https://mint.example.com' })
  const headers = { host: 'evil.example' }
  const { json } = await call('GET', '/.well-known/oauth-authorization-server', { headers })
  assert.equal(json.issuer, 'https://mint.example.com')
  assert.equal(json.token_endpoint, 'https://mint.example.com/oauth/token')
  const rules = await call('GET', '/leaks/patterns?format=trufflehog', { headers })
  assert.doesNotMatch(rules.text, /evil\.example/)
  assert.match(rules.text, /https:\/\/mint\.example\.com\//)
})

test('without a configured URL, a trusted proxy sets scheme and host, and an untrusted one does not', async (t) => {
  const forwarded = { host: 'inner:8420', 'x-forwarded-host': 'Mint.Example.com:443', 'x-forwarded-proto': 'https' }
  const issuerWith = async (trustProxy: string | null) => {
    const { call } = await startAuthority(t, { trustProxy })
    return (await call('GET', '/.well-known/oauth-authorization-server', { headers: forwarded })).json.issuer
  }
  assert.equal(await issuerWith('loopback'), 'https://mint.example.com')
  assert.equal(await issuerWith(null), 'http://inner:8420')
})

test('an origin is normalized or rejected', () => {
  const cases: Record<string, string | undefined> = {
    'https://Mint.Example.com:443/': 'https://mint.example.com',
    'http://mint.example.com.:80': 'http://mint.example.com',
    'https://[2001:DB8:0::1]': 'https://[2001:db8::1]',
    'https://mint.example.com/path': undefined,
    'https://mint.example.com?x': undefined,
    'https://user@mint.example.com': undefined,
    'ftp://mint.example.com': undefined,
    'mint.example.com': undefined,
    null: undefined,
  }
  for (const [text, origin] of Object.entries(cases)) assert.equal(parseOrigin(text), origin, text)
})
