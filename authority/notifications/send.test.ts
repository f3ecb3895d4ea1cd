import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { selfSignedCertificate } from '../http/tls/self-signed.ts'
import type { Address } from '../outbound/guarded-request.ts'
import { realWorld } from '../world.ts'
import { send } from './send.ts'

const message = { headers: { 'content-type': 'application/json' }, body: '{}' }
const usual = { allowPrivate: true, timeoutMilliseconds: 2_000, stop: new AbortController().signal }
const loopback = { address: '127.0.0.1', family: 4 }

test('the connection goes to the checked address and the request keeps the host name', async (t) => {
  const hosts: (string | undefined)[] = []
  const server = createServer(({ headers }, reply) => {
    hosts.push(headers.host)
    reply.end()
  })
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  // The system cannot resolve this name, so a second lookup would make the request fail.
  const url = new URL(`http://receiver.invalid:${port}/hook`)
  const lookups: string[] = []
  const resolve = (...addresses: Address[]) => ({
    ...usual,
    resolve: async (host: string) => {
      lookups.push(host)
      return addresses
    },
  })
  assert.deepEqual(await send(url, message, resolve(loopback)), { status: 200, retryAfter: null })
  assert.deepEqual(await send(url, message, resolve({ address: '169.254.169.254', family: 4 }, loopback)), {
    status: 200,
    retryAfter: null,
  })
  assert.deepEqual(lookups, ['receiver.invalid', 'receiver.invalid'])
  assert.deepEqual(hosts, [`receiver.invalid:${port}`, `receiver.invalid:${port}`])
  const closed = await send(url, message, { ...resolve(loopback), allowPrivate: false })
  assert.deepEqual(closed, { failure: 'address', why: 'no public address' })
  assert.equal(hosts.length, 2)
})

test('nothing is sent to a receiver without a valid certificate for its name', async (t) => {
  const { random } = realWorld
  const folder = temporaryFolder(t)
  const pair = await selfSignedCertificate({ folder, hosts: ['receiver.invalid'], now: realWorld.now(), random })
  const names: string[] = []
  const SNICallback = (name: string, done: (error: null, context: ReturnType<typeof createSecureContext>) => void) => {
    names.push(name)
    done(null, createSecureContext(pair))
  }
  const server = createSecureServer({ ...pair, SNICallback }, () => assert.fail('the request was sent'))
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  const url = new URL(`https://receiver.invalid:${(server.address() as AddressInfo).port}/hook`)
  const result = await send(url, message, { ...usual, resolve: async () => [loopback] })
  assert.partialDeepStrictEqual(result, { failure: 'tls' })
  assert.match((result as { why: string }).why, /CERT|SIGNATURE/)
  assert.deepEqual(names, ['receiver.invalid'])
  const plain = createServer((_, reply) => reply.end())
  await new Promise<void>((listening) => void plain.listen(0, '127.0.0.1', listening))
  t.after(() => plain.close())
  const withoutTls = new URL(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/`)
  assert.partialDeepStrictEqual(await send(withoutTls, message, usual), { failure: 'tls' })
})

test('an invalid or endless response does not block', async (t) => {
  const responses: Record<string, string> = {
    '/upgrade': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    '/nonsense': 'hello\r\n\r\n',
    '/headers': `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
    '/early': 'HTTP/1.1 103 Early Hints\r\n\r\n',
    '/stalled': 'HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nhello',
    '/short': 'HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\nconnection: close\r\n\r\nhello',
    '/nothing': '',
  }
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (head) => {
      const path = /^POST (\S+)/.exec(head.toString())?.[1] ?? ''
      if (path === '/short' || path === '/nothing') socket.end(responses[path] ?? '')
      else socket.write(responses[path] ?? '')
    })
  })
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const resultOf = async (path: string) => {
    const result = await send(new URL(`http://127.0.0.1:${port}${path}`), message, {
      ...usual,
      timeoutMilliseconds: 300,
    })
    return 'status' in result ? result.status : result.failure
  }
  const all = await Promise.all(Object.keys(responses).map(async (path) => [path, await resultOf(path)]))
  assert.deepEqual(Object.fromEntries(all), {
    '/upgrade': 'unreachable',
    '/nonsense': 'unreachable',
    '/headers': 'unreachable',
    '/early': 'timeout',
    '/stalled': 202,
    '/short': 202,
    '/nothing': 'unreachable',
  })
})

test('every failure is returned as a value', async () => {
  const none = async () => []
  assert.partialDeepStrictEqual(await send(new URL('https://receiver.invalid'), message, { ...usual, resolve: none }), {
    failure: 'address',
  })
  const unknown = async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))
  assert.deepEqual(await send(new URL('https://receiver.invalid'), message, { ...usual, resolve: unknown }), {
    failure: 'dns',
    why: 'ENOTFOUND',
  })
  const never = () => new Promise<Address[]>(() => undefined)
  const late = await send(new URL('https://receiver.invalid'), message, {
    ...usual,
    resolve: never,
    timeoutMilliseconds: 20,
  })
  assert.partialDeepStrictEqual(late, { failure: 'timeout' })
  const stopped = await send(new URL('https://receiver.invalid'), message, {
    ...usual,
    resolve: never,
    stop: AbortSignal.abort(),
  })
  assert.partialDeepStrictEqual(stopped, { failure: 'stopped' })
  const refused = await send(new URL('http://127.0.0.1:1/'), message, usual)
  assert.deepEqual(refused, { failure: 'refused', why: 'ECONNREFUSED' })
})
