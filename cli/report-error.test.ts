import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fixedWorld } from '../authority/world.ts'
import { mintmarkInThread } from '../testing/cli/run-mintmark.ts'
import { document, startAuthority } from '../testing/kit.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const token = 'eyJhbGci.eyJpc3Mi.c2lnbmF0dXJl'

const whoami = (t: TestContext, environment: Record<string, string>, ...flags: string[]) =>
  mintmarkInThread(t, ['whoami', ...flags], { MINTMARK_TOKEN: token, ...environment })

async function serverThat(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('an expired token is reported as such, with advice', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00Z')
  const { app, call } = await startAuthority(t, { world })
  const MINTMARK_HOST = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const minted = await call('POST', '/access-tokens', { body: document('access-tokens', { 'expires-in': 1 }) })
  world.set('2030-01-01T00:02:00Z')
  const { code, stdout, stderr } = await whoami(t, {
    MINTMARK_HOST,
    MINTMARK_TOKEN: minted.json.data.attributes.token,
  })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(
    stderr,
    /^mintmark: refused: .*expired.* \(token-expired\)\nNext: Run mintmark auth login, or create a token .*\n$/,
  )
})

test('an unknown token is refused without a reason, and the advice names the likely ones', async (t) => {
  const { app } = await startAuthority(t)
  const MINTMARK_HOST = await app.server.listen({ port: 0, host: '127.0.0.1' })
  const { code, stderr } = await whoami(t, { MINTMARK_HOST })
  assert.equal(code, 1)
  assert.match(
    stderr,
    /\(invalid-token\)\nNext: Check that MINTMARK_TOKEN contains the complete token and that --host /,
  )
})

test('Retry-After is shown', async (t) => {
  const { app } = await startAuthority(t, { invalidTokensPerMinute: 1 })
  const MINTMARK_HOST = await app.server.listen({ port: 0, host: '127.0.0.1' })
  await whoami(t, { MINTMARK_HOST })
  const { code, stderr } = await whoami(t, { MINTMARK_HOST })
  assert.equal(code, 1)
  assert.match(stderr, /\(too-many-bad-tokens\)\nNext: Try again in \d+ s\.\n$/)
})

test('an internal error is shown with its request ID', async (t) => {
  const MINTMARK_HOST = await serverThat(t, (_, response) => {
    response.writeHead(500, { 'x-request-id': 'req-1' })
    response.end('{"errors":[{"code":"internal-error","title":"Internal Server Error"}]}')
  })
  const { code, stderr } = await whoami(t, { MINTMARK_HOST })
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'mintmark: refused: Internal Server Error (internal-error)\nNext: See the server log for request req-1.\n',
  )
})

test("a hostile server's text can neither control the terminal nor reveal the token", async (t) => {
  const MINTMARK_HOST = await serverThat(t, ({ headers }, response) => {
    const detail = `\u001b[2J\u009b1m\nmintmark: all is well ${headers.authorization} ${headers.authorization?.toUpperCase()}`
    response
      .writeHead(400)
      .end(JSON.stringify({ errors: [{ code: '\u001bc', detail, source: { pointer: '\u0007' } }] }))
  })
  const { code, stderr } = await whoami(t, { MINTMARK_HOST })
  assert.equal(code, 1)
  assert.doesNotMatch(stderr, /[^\P{Cc}\n]/u)
  assert.equal(stderr.split('\n').length, 2)
})

test('a refused connection is reported as such, with how to start a server', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const { code, stderr } = await whoami(t, { MINTMARK_HOST: `http://127.0.0.1:${port}` })
  assert.equal(code, 1)
  assert.equal(
    stderr,
    `mintmark: http://127.0.0.1:${port} refuses connections\nNext: Check that the server is running. Start one with mintmark serve, or choose another with --host or MINTMARK_URL.\n`,
  )
})

test('an unknown host, a server without TLS, a redirect and another website each come with advice', async (t) => {
  const unknown = await whoami(t, {}, '--host', 'mintmark.invalid')
  assert.equal(unknown.code, 1)
  assert.match(
    unknown.stderr,
    /^mintmark: https:\/\/mintmark\.invalid cannot be resolved\nNext: Check the spelling of --host/,
  )
  const bare = await serverThat(t, (_, response) => void response.end('{}'))
  const plain = await whoami(t, {}, '--host', bare.replace('http://', ''))
  assert.equal(plain.code, 1)
  assert.match(
    plain.stderr,
    /does not use https\nNext: If the server uses plain http, start the address with http:\/\/\.\n$/,
  )
  const moved = await serverThat(t, (_, response) => response.writeHead(308, { location: bare }).end())
  const sent = await whoami(t, { MINTMARK_HOST: moved })
  assert.equal(sent.code, 1)
  assert.match(sent.stderr, /redirects to another address.*\nNext: Set --host to the address that it redirects to/)
  const website = await whoami(t, { MINTMARK_HOST: await serverThat(t, (_, response) => void response.end('<html>')) })
  assert.equal(website.code, 1)
  assert.match(
    website.stderr,
    /did not respond like a Mintmark server\nNext: Check that --host is a Mintmark server\.\n$/,
  )
})

test('a token is sent to another machine over plain http only with --insecure-http', async (t) => {
  const MINTMARK_HOST = 'http://mintmark.invalid'
  const refused = await whoami(t, { MINTMARK_HOST })
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^mintmark: http:\/\/mintmark\.invalid is plain http: .*--insecure-http.*\n$/)
  const allowed = await whoami(t, { MINTMARK_HOST }, '--insecure-http')
  assert.equal(allowed.code, 1)
  assert.match(allowed.stderr, /cannot be resolved/)
})

test('an invalid certificate file is wrong usage', async (t) => {
  const file = join(temporaryFolder(t), 'ca.pem')
  for (const write of [() => {}, () => writeFileSync(file, 'no certificate')]) {
    write()
    const { code, stderr } = await whoami(t, { MINTMARK_HOST: 'a.test', SSL_CERT_FILE: file })
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^mintmark: SSL_CERT_FILE: (?:\/\S+ cannot be read|expected a PEM certificate in \/\S+) \(\w+\)\n$/,
    )
  }
})

test('a token that is passed as an argument is not repeated in the error', async (t) => {
  for (const args of [[`--token=${token}`], ['--token', token], [token]]) {
    const { code, stderr } = await mintmarkInThread(t, ['whoami', ...args])
    assert.equal(code, 2)
    assert.equal(stderr.split('\n').length, 2)
  }
  assert.match((await mintmarkInThread(t, [token])).stderr, /^mintmark: unknown command '\[secret\]'/)
})

test('a malformed token is wrong usage', async (t) => {
  const { code, stderr } = await whoami(t, { MINTMARK_TOKEN: 'eyJh\neyJp' })
  assert.deepEqual([code, stderr], [2, 'mintmark: the token is empty or contains invalid characters\n'])
})
