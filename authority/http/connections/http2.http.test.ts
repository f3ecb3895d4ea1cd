import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'
import { createServer, request as requestOverHttp1 } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { before, type TestContext, test } from 'node:test'
import { basePath, limits } from '@mintmark/contract'
import { document, type StartOptions, startAuthority } from '../../../testing/kit.ts'
import { temporaryFolder } from '../../../testing/temporary-folder.ts'
import { newRunState } from '../run-state.ts'
import { selfSignedCertificate } from '../tls/self-signed.ts'
import { alpnProtocols, type Http2Timeouts, serveHttp2 } from './http2.ts'

let certificate: { cert: string; key: string }
before(async () => {
  const ended: (() => void)[] = []
  const folder = temporaryFolder({ after: (end: () => void) => void ended.push(end) } as never)
  const { cert, key } = await selfSignedCertificate({ folder, hosts: [], now: new Date(), random: randomBytes })
  certificate = { cert, key }
  for (const end of ended) end()
})

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

async function started(t: TestContext, options: StartOptions = {}) {
  const authority = await startAuthority(t, { ...options, tls: certificate, watchesEventLoop: false })
  await authority.app.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = authority.app.server.server.address() as AddressInfo
  const address = `https://localhost:${port}`
  const open = (options: SecureClientSessionOptions = {}) => {
    const session = connect(address, { rejectUnauthorized: false, ...options })
    session.on('error', () => undefined)
    t.after(() => session.destroy())
    return session
  }
  const authorization = `Bearer ${authority.prepared.token}`
  return { ...authority, port, address, open, authorization }
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Received> {
  const stream = session.request(headers, { endStream: body === undefined })
  const [answer] = await Promise.all([once(stream, 'response'), body !== undefined && stream.end(body)])
  return { headers: answer[0] as IncomingHttpHeaders, text: await text(stream) }
}

test('a client gets the version that it chooses in the TLS handshake', async (t) => {
  const { open, port, authorization } = await started(t)
  const path = `${basePath}/ping`
  const { headers, text: body } = await ask(open(), { ':path': path, authorization })
  assert.equal(headers[':status'], 200)
  const options = { port, path, headers: { authorization }, rejectUnauthorized: false, agent: false }
  const request = requestOverHttp1({ host: '127.0.0.1', ...options }).end()
  const [response] = await once(request, 'response')
  assert.deepEqual([response.statusCode, response.httpVersion, await text(response)], [200, '1.1', body])
  const without = ({ connection: _c, 'keep-alive': _k, ':status': _s, ...rest }: IncomingHttpHeaders) =>
    Object.keys(rest).toSorted()
  assert.deepEqual(without(headers), without(response.headers))
})

test('a request has the same effect over HTTP/2, with a length or without', async (t) => {
  const { open, authorization } = await started(t)
  const session = open()
  const create = (name: string, more: OutgoingHttpHeaders = {}) => {
    const headers = { ':method': 'POST', ':path': `${basePath}/service-accounts`, authorization, ...more }
    const body = JSON.stringify(document('service-accounts', { name }))
    return ask(session, { ...headers, 'content-type': 'application/vnd.api+json' }, body)
  }
  assert.equal((await create('one')).headers[':status'], 201)
  const two = JSON.stringify(document('service-accounts', { name: 'two' }))
  assert.equal((await create('two', { 'content-length': Buffer.byteLength(two) })).headers[':status'], 201)
  const refused = await create('')
  assert.equal(refused.headers[':status'], 422)
  assert.match(refused.text, /"pointer":"\/data\/attributes\/name"/)
  const introspect = { ':method': 'POST', ':path': '/oauth/introspect', authorization }
  const form = { ...introspect, 'content-type': 'application/x-www-form-urlencoded' }
  assert.match((await ask(session, form, `token=${authorization.slice(7)}`)).text, /^{"active":true/)
  assert.equal(Number((await ask(session, introspect, 'token=x')).headers[':status']), 415)
})

test('the limit of a body applies without a length too', async (t) => {
  const { open, authorization } = await started(t)
  const headers = { ':method': 'POST', ':path': `${basePath}/service-accounts`, authorization }
  const large = 'x'.repeat(limits.bodyBytes + 1)
  const { headers: received } = await ask(open(), { ...headers, 'content-type': 'application/vnd.api+json' }, large)
  assert.equal(received[':status'], 413)
})

test('requests share a connection up to the limit that the server announces', async (t) => {
  const { open, authorization } = await started(t)
  const session = open()
  await once(session, 'remoteSettings')
  assert.equal(session.remoteSettings.maxConcurrentStreams, limits.streamsPerConnection)
  const path = `${basePath}/ping`
  const all = Array.from({ length: limits.streamsPerConnection }, () => ask(session, { ':path': path, authorization }))
  assert.ok((await Promise.all(all)).every(({ headers }) => Number(headers[':status']) === 200))
})

test('a request with two different hosts is refused', async (t) => {
  const { open, authorization } = await started(t)
  const path = `${basePath}/ping`
  const two = { ':path': path, ':authority': 'localhost', host: 'other.example.com', authorization }
  await assert.rejects(ask(open(), two), { code: 'ERR_HTTP2_STREAM_ERROR' })
  const one = await ask(open(), { ':path': path, ':authority': 'tokens.example.com', authorization })
  assert.equal(one.headers[':status'], 200)
})

test('a request that does not arrive completely in time is closed', async (t) => {
  const { open, authorization } = await started(t, { requestMilliseconds: 60 })
  const headers = { ':method': 'POST', ':path': `${basePath}/service-accounts`, authorization }
  const stream = open().request({ ...headers, 'content-type': 'application/vnd.api+json' })
  stream.write('{"data":')
  await once(stream, 'close').catch(() => undefined)
  assert.equal(stream.closed, true)
})

/** A server with HTTP/2 alone, and a connection to it. */
async function alone(
  t: TestContext,
  handle: RequestListener,
  options: SecureClientSessionOptions & Partial<Http2Timeouts> = {},
) {
  const { requestMilliseconds = 20, idleMilliseconds = 10_000, ...client } = options
  const server = createServer({ ...certificate, ALPNProtocols: alpnProtocols }, handle)
  serveHttp2(server, { requestMilliseconds, idleMilliseconds })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false, ...client })
  t.after(() => {
    session.destroy()
    server.close()
  })
  return session
}

test('a response may take longer than a request to arrive', async (t) => {
  const session = await alone(t, (_, response) => {
    response.write('first ')
    setTimeout(() => response.end('second'), 100)
  })
  assert.equal((await ask(session, { ':path': '/' })).text, 'first second')
})

test('a connection whose client reads no responses gets no further ones', async (t) => {
  const large = Buffer.alloc(600_000)
  const session = await alone(t, (_, response) => response.end(large), { settings: { initialWindowSize: 0 } })
  const outcome = async () => {
    const stream = session.request({ ':path': '/' })
    return once(stream, 'response').then(
      () => 'answered',
      (error: Error) => error.message,
    )
  }
  assert.deepEqual([await outcome(), await outcome()], ['answered', 'answered'])
  assert.match(await outcome(), /NGHTTP2_REFUSED_STREAM/)
})

test('headers over the limit are refused', async (t) => {
  const { open, authorization } = await started(t)
  const headers = { ':path': `${basePath}/ping`, authorization, 'x-large': 'x'.repeat(limits.headerBytes) }
  assert.equal((await ask(open(), headers)).headers[':status'], 431)
})

test('a draining server answers and asks clients to connect elsewhere; a closing one finishes open requests', async (t) => {
  const runState = newRunState()
  const { open, app, authorization } = await started(t, { runState })
  const [drained, open1] = [open(), open()]
  const path = `${basePath}/ping`
  assert.equal((await ask(drained, { ':path': path, authorization })).headers[':status'], 200)
  const body = JSON.stringify(document('service-accounts', { name: 'late' }))
  const headers = { ':method': 'POST', ':path': `${basePath}/service-accounts`, authorization }
  const slow = open1.request({ ...headers, 'content-type': 'application/vnd.api+json' })
  slow.write(body.slice(0, 10))
  assert.equal((await ask(open1, { ':path': path, authorization })).headers[':status'], 200)

  runState.isDraining = true
  const goaway = once(drained, 'goaway')
  const answer = await ask(drained, { ':path': path, authorization })
  assert.deepEqual([answer.headers[':status'], answer.headers.connection], [200, undefined])
  await goaway

  const closed = app.close()
  const response = once(slow, 'response')
  await once(open1, 'goaway')
  slow.end(body.slice(10))
  const [late] = await response
  assert.equal(late[':status'], 201)
  slow.resume()
  await closed
})

for (const [what, isReading] of [
  ['idle', true],
  ['whose client does not read the response', false],
] as const)
  test(`a connection ${what} is closed`, async (t) => {
    const content = isReading ? 'small' : Buffer.alloc(1_000_000)
    const session = await alone(t, (_, response) => response.end(content), { idleMilliseconds: 20 })
    const closed = once(session, 'close')
    const stream = session.request({ ':path': '/' }).on('error', () => undefined)
    await once(stream, 'response')
    if (isReading) assert.equal(await text(stream), 'small')
    await closed
  })
