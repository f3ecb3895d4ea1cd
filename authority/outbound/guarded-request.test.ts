import assert from 'node:assert/strict'
import http, { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { guardedFetch } from './guarded-fetch.ts'
import { type Address, OutOfReach, type Reach } from './guarded-request.ts'
import { readAnswer } from './read-answer.ts'

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
const resolvingTo = (...addresses: string[]): Reach => ({
  allowPrivate: true,
  resolve: async () => addresses.map(addressOf),
})
const get = (reach: Reach, url: string) => guardedFetch(reach)(url, { signal: AbortSignal.timeout(5_000) })

describe('of the addresses of a host', () => {
  test('each is tried until one answers', async (t) => {
    const port = await listen(t, (_, reply) => reply.end('here'))
    // Nothing listens at the others: 127.0.0.0/8 is all this machine.
    for (const dead of [['127.0.0.2'], ['127.0.0.2', '127.0.0.3', '::1'], ['::1']]) {
      const answer = await get(resolvingTo(...dead, '127.0.0.1'), `http://receiver.invalid:${port}/`)
      assert.equal(await readAnswer(answer, 100), 'here', String(dead))
    }
    await assert.rejects(get(resolvingTo('127.0.0.2', '127.0.0.3'), `http://receiver.invalid:${port}/`))
  })

  test('those that may not be reached are never tried, also behind a dead one', async (t) => {
    const port = await listen(t, () => assert.fail('it was reached'))
    const closed = { ...resolvingTo('127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fe80::1'), allowPrivate: false }
    await assert.rejects(get(closed, `http://receiver.invalid:${port}/`), OutOfReach)
    // 0.0.0.0 would be this machine; it is no address of a receiver, whatever the leave.
    await assert.rejects(get(resolvingTo('0.0.0.0'), `http://receiver.invalid:${port}/`), OutOfReach)
    await assert.rejects(get(resolvingTo('127.0.0.2', '0.0.0.0'), `http://receiver.invalid:${port}/`))
  })

  test('the ones that were looked at are used, without asking again', async (t) => {
    const port = await listen(t, (_, reply) => reply.end('here'))
    let asked = 0
    const rebinding: Reach = {
      allowPrivate: true,
      resolve: async () => [addressOf(asked++ === 0 ? '127.0.0.1' : '0.0.0.0')],
    }
    assert.equal(await readAnswer(await get(rebinding, `http://receiver.invalid:${port}/`), 100), 'here')
    assert.equal(asked, 1)
  })
})

test('an address in the URL itself is checked in every spelling', async () => {
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
    await assert.rejects(get({ allowPrivate: false }, `http://${host}:1/`), OutOfReach, host)
  for (const host of ['169.254.169.254', '0.0.0.0', '[fe80::1]'])
    await assert.rejects(get({ allowPrivate: true }, `http://${host}:1/`), OutOfReach, host)
})

test('a redirect fails, and the body of a failure is not read', async (t) => {
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

test('an answer that never ends is cut off, by its length and by the time', async (t) => {
  const port = await listen(t, (_, reply) => {
    reply.write('x'.repeat(1_000))
  })
  const answer = await get({ allowPrivate: true }, `http://127.0.0.1:${port}/`)
  assert.equal(await readAnswer(answer, 500), undefined)
  const timed = await guardedFetch({ allowPrivate: true })(`http://127.0.0.1:${port}/`, {
    signal: AbortSignal.timeout(100),
  })
  await assert.rejects(readAnswer(timed, 10_000))
})

test('a proxy that Node was told of is asked, and resolves the name', async (t) => {
  const asked: (string | undefined)[] = []
  const port = await listen(t, ({ url }, reply) => {
    asked.push(url)
    reply.end('by the proxy')
  })
  const restore = http.setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${port}`, no_proxy: 'direct.invalid' })
  t.after(restore)
  const closed: Reach = { allowPrivate: false, resolve: async () => assert.fail('the name was resolved here') }
  assert.equal(await readAnswer(await get(closed, 'http://receiver.invalid/hook'), 100), 'by the proxy')
  assert.deepEqual(asked, ['http://receiver.invalid/hook'])
  await assert.rejects(
    get({ ...resolvingTo('127.0.0.1'), allowPrivate: false }, `http://direct.invalid:${port}/`),
    OutOfReach,
  )
  await assert.rejects(get(closed, 'http://169.254.169.254/latest/meta-data'), OutOfReach)
})
