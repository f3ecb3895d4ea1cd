/** Limits on what unauthenticated clients can make the server hold: bodies, memory and connections, over real sockets. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import fastify from 'fastify'
import { type Authority, document, type StartOptions, startAuthority } from '../../testing/kit.ts'
import type { Refusal } from '../context.ts'
import { readBodies } from './request-bodies.ts'

interface Client {
  readonly socket: Socket
  /** Returns the text received so far. */
  received(): string
  /** Resolves when the text has arrived. */
  until(text: string): Promise<void>
  /** Resolves when the server has closed the connection, while this side stays open. */
  cut(): Promise<void>
}

async function listening(authority: Authority): Promise<number> {
  await authority.app.server.listen({ host: '127.0.0.1', port: 0 })
  return (authority.app.server.server.address() as AddressInfo).port
}

async function client(port: number, localAddress?: string): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, ...(localAddress ? { localAddress } : {}) })
  let heard = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const until = async (text: string) => {
    while (!heard.includes(text)) {
      assert.ok(!socket.destroyed && !socket.readableEnded, `closed after: ${heard}`)
      await Promise.race([once(socket, 'data'), once(socket, 'end'), once(socket, 'close')])
    }
  }
  return {
    socket,
    received: () => heard,
    until,
    cut: async () =>
      void (
        socket.readableEnded ||
        socket.destroyed ||
        (await Promise.race([once(socket, 'end'), once(socket, 'close')]))
      ),
  }
}

async function start(t: Parameters<typeof startAuthority>[0], options: StartOptions = {}) {
  const sockets: Socket[] = []
  // Before the server is closed, which waits for open connections.
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  const authority = await startAuthority(t, options)
  const port = await listening(authority)
  const open = async (localAddress?: string) => {
    const opened = await client(port, localAddress)
    sockets.push(opened.socket)
    return opened
  }
  /** For each connection, resolves when the server has closed it. */
  const released: Promise<unknown>[] = []
  authority.app.server.server.on('connection', (socket: Socket) => released.push(once(socket, 'close')))
  return { ...authority, open, released }
}

const head = (method: string, path: string, headers: Record<string, string | number>) =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

/** Fails tests that wait for the server in vain. */
const bounded = { timeout: 30_000 }
/** Longer than any test, so that the request timeout is not what closes a connection. */
const unhurried = { requestMilliseconds: 3_600_000 }

const long = { 'content-type': 'application/json', 'content-length': limits.bodyBytes }
const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }

describe('a body is rejected before it is read', { ...bounded, concurrency: true }, () => {
  const cases: [what: string, method: string, path: string, headers: Record<string, string>, status: number][] = [
    ['without a token', 'POST', '/api/iacp/v3/teams', {}, 401],
    ['with a bad token', 'PATCH', '/api/iacp/v3/teams/team-1', { authorization: 'Bearer x' }, 401],
    ['without a token at introspection', 'POST', '/oauth/introspect', {}, 401],
    ['with a bad token at an action', 'DELETE', '/api/iacp/v3/access-tokens/x', { authorization: 'Bearer x' }, 401],
    ['without a session', 'PUT', '/auth/methods/password', { 'x-mintmark-console': '1' }, 401],
    ['by another site', 'POST', '/auth/step-up', {}, 403],
    ['by who is not GitLab', 'POST', '/v1/revoke_tokens', { authorization: 'Bearer x' }, 401],
    ['at an unknown address', 'POST', '/nothing', {}, 404],
    ['at an unknown address of the API', 'POST', '/api/iacp/v3/nothing', {}, 404],
    ['longer than a sign-in may be', 'POST', '/auth/sign-in', { 'x-mintmark-console': '1' }, 413],
    ['longer than a one-time code exchange may be', 'POST', '/oauth/token', {}, 413],
    ['longer than an assumption may be', 'POST', '/api/iacp/v3/service-accounts/assume', {}, 413],
    ['longer than a check may be', 'POST', '/leaks/check', {}, 413],
    ['longer than a report may be', 'POST', '/leaks/report', {}, 413],
  ]
  let shared: Awaited<ReturnType<typeof start>>
  const lifted: (() => unknown)[] = []
  before(async () => {
    const hooks = { after: (end?: unknown) => void lifted.push(end as () => unknown) }
    shared = await start(hooks, { ...unhurried, gitlabToken: 'shared' })
  })
  after(async () => {
    for (const end of lifted) await end()
  })
  for (const [what, method, path, headers, status] of cases) {
    test(`${what}: ${method} ${path}`, async () => {
      const { socket, until, cut } = await shared.open()
      socket.write(head(method, path, { ...long, ...headers }))
      await until(`HTTP/1.1 ${status} `)
      await cut()
    })
  }

  test('and one without a Content-Length as soon as it exceeds the limit', async (t) => {
    const { open } = await start(t, unhurried)
    const { socket, until, cut } = await open()
    socket.write(head('POST', '/auth/sign-in', { ...chunked, 'x-mintmark-console': '1' }))
    const piece = 'x'.repeat(limits.unauthenticatedBodyBytes / 2)
    for (let count = 0; count < 3; count++) socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`)
    await until('HTTP/1.1 413 ')
    await cut()
  })

  test('while a short one that was sent at once leaves the connection open', async (t) => {
    const { open, prepared } = await start(t)
    const { socket, until } = await open()
    const body = '{"data":{}}'
    const sent = { 'content-type': 'application/json', 'content-length': body.length }
    socket.write(head('POST', '/api/iacp/v3/tags', sent) + body)
    await until('HTTP/1.1 401 ')
    socket.write(head('GET', '/api/iacp/v3/ping', { authorization: `Bearer ${prepared.token}` }))
    await until('pong')
  })

  test('and a client that sends Expect: 100-continue gets no 100 response', async (t) => {
    const { open, prepared } = await start(t)
    const refused = await open()
    refused.socket.write(head('POST', '/api/iacp/v3/tags', { ...long, expect: '100-continue' }))
    await refused.until('HTTP/1.1 401 ')
    assert.doesNotMatch(refused.received(), /100 Continue/)
    const served = await open()
    const body = JSON.stringify(document('tags', { name: 'asked' }))
    const headers = {
      authorization: `Bearer ${prepared.token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    }
    served.socket.write(head('POST', '/api/iacp/v3/tags', { ...headers, expect: '100-continue' }))
    await served.until('HTTP/1.1 100 Continue')
    served.socket.write(body)
    await served.until('HTTP/1.1 201 ')
  })
})

test(
  'memory for bodies is limited for unauthenticated clients together and for each of them, and is released after the response',
  bounded,
  async (t) => {
    const app = fastify()
    readBodies(app, { unauthenticatedMemoryBytes: 200, clientMemoryBytes: 100, callerMemoryBytes: 0 })
    app.get('/', async () => 'here')
    app.post('/', { config: { unauthenticatedBytes: 80 } }, async () => 'read')
    app.setErrorHandler((error, _request, reply) => reply.code(503).send((error as Refusal).code))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const clients: Client[] = []
    t.after(async () => {
      for (const { socket } of clients) socket.destroy()
      await app.close()
    })
    const open = async (from?: string) => {
      const opened = await client((app.server.address() as AddressInfo).port, from)
      clients.push(opened)
      return opened
    }
    const post = head('POST', '/', { 'content-length': 80 })
    const slow = await open()
    slow.socket.write(post + 'x'.repeat(60))
    // The earlier request is being read once this one is answered.
    const other = await open()
    other.socket.write(head('GET', '/', {}))
    await other.until('here')
    const tooMany = await open()
    tooMany.socket.write(post + 'x'.repeat(60))
    await tooMany.until('overloaded')
    // Another client has its own share, but all clients share the total.
    const [second, third] = [await open('127.0.0.2'), await open('127.0.0.3')]
    second.socket.write(post + 'x'.repeat(70))
    const request = await open('127.0.0.2')
    request.socket.write(head('GET', '/', {}))
    await request.until('here')
    third.socket.write(post + 'x'.repeat(80))
    await third.until('overloaded')
    second.socket.write('x'.repeat(10))
    await second.until('read')
    slow.socket.write('x'.repeat(20))
    await slow.until('read')
    for (let times = 0; times < 2; times++) {
      const next = await open()
      next.socket.write(post + 'x'.repeat(80))
      await next.until('read')
    }
  },
)

test('a body with a valid token is read completely, up to the limit', async (t) => {
  const { open, prepared } = await start(t)
  const headers = { authorization: `Bearer ${prepared.token}`, 'content-type': 'application/json' }
  for (const [extra, status] of [
    [0, 422],
    [1, 413],
  ] as const) {
    const { socket, until } = await open()
    const body = JSON.stringify({ data: 1, x: '' })
    const filled = body.replace('""', `"${'x'.repeat(limits.bodyBytes - body.length + extra)}"`)
    socket.write(head('POST', '/api/iacp/v3/tags', { ...headers, 'content-length': filled.length }) + filled)
    await until(`HTTP/1.1 ${status} `)
  }
})

test('a token that is revoked while its body arrives is rejected', bounded, async (t) => {
  const { open, call } = await start(t)
  const made = (await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'short' }) })).json.data
  const { socket, until } = await open()
  const body = JSON.stringify(document('tags', { name: 'late' }))
  const headers = { authorization: `Bearer ${made.attributes.token}`, 'content-type': 'application/json' }
  const length = { 'content-length': body.length, expect: '100-continue' }
  socket.write(head('POST', '/api/iacp/v3/tags', { ...headers, ...length }))
  // The token was valid when the server started to read the body.
  await until('HTTP/1.1 100 Continue')
  socket.write(body.slice(0, 5))
  await call('DELETE', `/access-tokens/${made.id}`)
  socket.write(body.slice(5))
  await until('token-revoked')
  assert.equal((await call('GET', '/tags')).json.data.length, 0)
})

test(
  'a client that never finishes is cut after its response, even if it does not close the connection',
  bounded,
  async (t) => {
    const { open, released } = await start(t, { requestMilliseconds: 300 })
    const clients = await Promise.all(Array.from({ length: 20 }, () => open()))
    for (const [index, { socket }] of clients.entries())
      socket.write(
        [
          head('POST', '/auth/sign-in', { 'content-length': 100, 'x-mintmark-console': '1' }),
          'GET /healthz HTTP/1.1\r\nhost: local',
          'no request at all\r\n\r\n',
          head('POST', '/api/iacp/v3/teams', long),
        ][index % 4] as string,
      )
    // This side stays open: only the server can close the connection.
    await Promise.all(released)
    assert.equal(released.length, clients.length)
  },
)

test(
  'each address has a limited share of the connections, and other addresses can still connect',
  bounded,
  async (t) => {
    const { open } = await start(t, { maxConnectionsPerClient: 3 })
    const first = await Promise.all([open('127.0.0.2'), open('127.0.0.2'), open('127.0.0.2')])
    const fourth = await open('127.0.0.2')
    await fourth.cut()
    const other = await open('127.0.0.3')
    other.socket.write(head('GET', '/healthz', {}))
    await other.until('HTTP/1.1 200 ')
    first[0].socket.destroy()
    await once(first[0].socket, 'close')
    first[1].socket.write(head('GET', '/healthz', {}))
    await first[1].until('HTTP/1.1 200 ')
    const fifth = await open('127.0.0.2')
    fifth.socket.write(head('GET', '/healthz', {}))
    await fifth.until('HTTP/1.1 200 ')
  },
)

test('a trusted proxy is not limited as one client', async (t) => {
  const { open } = await start(t, { maxConnectionsPerClient: 2, trustProxy: '127.0.0.2' })
  for (let count = 0; count < 5; count++) {
    const { socket, until } = await open('127.0.0.2')
    socket.write(head('GET', '/healthz', {}))
    await until('HTTP/1.1 200 ')
  }
})

test('the number of connections is limited as configured, and the log names the option', bounded, async (t) => {
  const { open, log } = await start(t, { maxConnections: 2 })
  await open()
  await open()
  await (await open()).cut()
  assert.equal(log.filter((line) => line.includes('--max-connections')).length, 1)
})
