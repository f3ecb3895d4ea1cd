import assert from 'node:assert/strict'
import http, { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { guardedFetch } from './guarded-fetch.ts'
import { type Address, AddressNotAllowed, type ReachOptions } from './guarded-request.ts'
import { readBody } from './read-body.ts'

async function listen(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const addressOf = (address: string): Address => ({ address, family: address.includes(':') ? 6 : 4 })
const resolvingTo = (...addresses: string[]): ReachOptions => ({
  allowPrivate: true,
  resolve: async () => addresses.map(addressOf),
})
const get = (reach: ReachOptions, url: string) => guardedFetch(reach)(url, { signal: AbortSignal.timeout(5_000) })

describe('the addresses of a host', () => {
  test('are tried in turn until one responds', async (t) => {
    const port = await listen(t, (_, reply) => reply.end('here'))
    // All of 127.0.0.0/8 is this machine. Nothing listens on the other addresses.
    for (const unreachable of [['127.0.0.2'], ['127.0.0.2', '127.0.0.3', '::1'], ['::1']]) {
      const answer = await get(resolvingTo(...unreachable, '127.0.0.1'), `http://receiver.invalid:${port}/`)
      assert.equal(await readBody(answer, 100), 'here', String(unreachable))
    }
    await assert.rejects(get(resolvingTo('127.0.0.2', '127.0.0.3'), `http://receiver.invalid:${port}/`))
  })

  test('are never tried if they are not allowed, even after an unreachable one', async (t) => {
    const port = await listen(t, () => assert.fail('the request arrived'))
    const closed = { ...resolvingTo('127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fe80::1'), allowPrivate: false }
    await assert.rejects(get(closed, `http://receiver.invalid:${port}/`), AddressNotAllowed)
    // 0.0.0.0 connects to this machine. It is blocked even if private addresses are allowed.
    await assert.rejects(get(resolvingTo('0.0.0.0'), `http://receiver.invalid:${port}/`), AddressNotAllowed)
    await assert.rejects(get(resolvingTo('127.0.0.2', '0.0.0.0'), `http://receiver.invalid:${port}/`))
  })

  test('are resolved once, and the connection uses the checked ones', async (t) => {
    const port = await listen(t, (_, reply) => reply.end('here'))
    let lookups = 0
    const rebinding: ReachOptions = {
      allowPrivate: true,
      resolve: async () => [addressOf(lookups++ === 0 ? '127.0.0.1' : '0.0.0.0')],
    }
    assert.equal(await readBody(await get(rebinding, `http://receiver.invalid:${port}/`), 100), 'here')
    assert.equal(lookups, 1)
  })
})

test('an address in the URL is checked in every notation', async () => {
  for (const host of [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '10.0.0.1',
    '169.254.169.254',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
  ])
    await assert.rejects(get({ allowPrivate: false }, `http://${host}:1/`), AddressNotAllowed, host)
  for (const host of ['169.254.169.254', '0.0.0.0', '[fe80::1]'])
    await assert.rejects(get({ allowPrivate: true }, `http://${host}:1/`), AddressNotAllowed, host)
})

test('a redirect fails, and the body of an error response is not read', async (t) => {
  const port = await listen(t, (request, reply) => {
    if (request.url === '/redirect') return reply.writeHead(302, { location: '/here' }).end()
    return reply.writeHead(Number(request.url?.slice(1)), { etag: 'one' }).end('body')
  })
  const at = (path: string) => get({ allowPrivate: true }, `http://127.0.0.1:${port}${path}`)
  await assert.rejects(at('/redirect'), /redirect/)
  for (const [status, text] of [
    [200, 'body'],
    [404, ''],
    [500, ''],
  ] as const) {
    const answer = await at(`/${status}`)
    assert.deepEqual([answer.status, answer.headers.get('etag'), await answer.text()], [status, 'one', text])
  }
  assert.equal((await at('/304')).status, 304)
})

test('an endless response is cut off by length and by time', async (t) => {
  const port = await listen(t, (_, reply) => {
    reply.write('x'.repeat(1_000))
  })
  const answer = await get({ allowPrivate: true }, `http://127.0.0.1:${port}/`)
  assert.equal(await readBody(answer, 500), undefined)
  const timed = await guardedFetch({ allowPrivate: true })(`http://127.0.0.1:${port}/`, {
    signal: AbortSignal.timeout(100),
  })
  await assert.rejects(readBody(timed, 10_000))
})

test('a proxy configured in Node gets the request and resolves the name', async (t) => {
  const requested: (string | undefined)[] = []
  const port = await listen(t, ({ url }, reply) => {
    requested.push(url)
    reply.end('from the proxy')
  })
  const restore = http.setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${port}`, no_proxy: 'direct.invalid' })
  t.after(restore)
  const closed: ReachOptions = { allowPrivate: false, resolve: async () => assert.fail('the name was resolved here') }
  assert.equal(await readBody(await get(closed, 'http://receiver.invalid/hook'), 100), 'from the proxy')
  assert.deepEqual(requested, ['http://receiver.invalid/hook'])
  await assert.rejects(
    get({ ...resolvingTo('127.0.0.1'), allowPrivate: false }, `http://direct.invalid:${port}/`),
    AddressNotAllowed,
  )
  await assert.rejects(get(closed, 'http://169.254.169.254/latest/meta-data'), AddressNotAllowed)
})
