import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAuthority } from '../../testing/kit.ts'

const paths = [
  '/ping',
  '/teams',
  '/teams/none',
  '/docs',
  '/leaks',
  '/healthz',
  '/nothing',
  '/.well-known/terraform.json',
  '/openapi-public.yml',
]

test('every response forbids framing, sniffing and referrers', async (t) => {
  const { call } = await startAuthority(t)
  for (const path of paths)
    for (const token of [undefined, null]) {
      const { headers } = await call('GET', path, token === null ? { token } : {})
      assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/, path)
      assert.equal(headers['x-content-type-options'], 'nosniff', path)
      assert.equal(headers['referrer-policy'], 'no-referrer', path)
    }
  const broken = await call('POST', '/tags', { body: '{' })
  assert.equal(broken.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'")
})

test('HSTS is sent if a trusted proxy reports https, and never for local names', async (t) => {
  const { call } = await startAuthority(t, { trustProxy: '198.51.100.1' })
  const sent = async (host: string, scheme: string, remoteAddress = '198.51.100.1') =>
    (await call('GET', '/healthz', { remoteAddress, headers: { host, 'x-forwarded-proto': scheme } })).headers[
      'strict-transport-security'
    ]
  assert.equal(await sent('mint.example.com', 'https'), 'max-age=31536000')
  assert.equal(await sent('mint.example.com:8443', 'HTTPS'), 'max-age=31536000')
  assert.equal(await sent('mint.example.com', 'http'), undefined)
  assert.equal(await sent('mint.example.com', 'https', '192.0.2.1'), undefined)
  for (const host of ['localhost:8420', 'LOCALHOST', 'localhost.', 'app.localhost', '127.0.0.1:8420', '[::1]:8420'])
    assert.equal(await sent(host, 'https'), undefined, host)
})
