/** Every request gets the same bytes from the fast path as from the framework, and has the same effects. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { accountA, startEverything } from '../../../testing/everything.ts'
import { document, type StartOptions } from '../../../testing/kit.ts'
import { newRunState } from '../run-state.ts'

const endpoint = '/oauth/introspect'
/** The fast path knows the exact path only. */
const sameForFramework = `${endpoint}?`
const plain = { host: 'mint.example.com', 'content-type': 'application/x-www-form-urlencoded' }

type Sent = Readonly<Record<string, string>>

async function setUp(t: TestContext, options: StartOptions = {}) {
  const everything = await startEverything(t, options)
  const { authority, call, tokens } = everything
  const { server } = authority.app
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  let answeredFast = 0
  const fast = server.fastEndpoints.get(endpoint)
  assert.ok(fast)
  server.fastEndpoints.set(endpoint, {
    ...fast,
    respond: (request) => {
      const found = fast.respond(request)
      const count = (response: unknown) => {
        if (response) answeredFast += 1
      }
      if (found instanceof Promise) found.then(count)
      else count(found)
      return found
    },
  })
  const exchange = async (path: string, headers: Sent, body: string, version = '1.1') => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    let received = ''
    socket.on('data', (text) => {
      received += text
      const [head = '', ...rest] = received.split('\r\n\r\n')
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      if (rest.length > 0 && Buffer.byteLength(rest.join('\r\n\r\n')) >= Number(length ?? 0)) socket.destroy()
    })
    const lines = Object.entries({ ...plain, 'content-length': String(Buffer.byteLength(body)), ...headers })
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`POST ${path} HTTP/${version}\r\n${lines.join('')}\r\n${body}`)
    await once(socket, 'close')
    return received.replace(/^x-request-id: .*$/m, 'x-request-id: …').replace(/^Date: .*$/m, 'Date: …')
  }
  /** Returns the response of both, and whether the first one came from the fast path. */
  const both = async (headers: Sent, body: string, version?: string) => {
    const before = answeredFast
    const first = await exchange(endpoint, headers, body, version)
    const isFast = answeredFast > before
    const second = await exchange(sameForFramework, headers, body, version)
    assert.equal(answeredFast, before + (isFast ? 1 : 0), 'the second request went to the framework')
    return { first, second, isFast }
  }
  const mint = async (attributes: object = {}) => {
    const made = await call('POST', '/access-tokens', {
      token: tokens.owner,
      body: document('access-tokens', attributes),
    })
    assert.ok(made.json.data, made.text)
    return { id: made.json.data.id as string, token: made.json.data.attributes.token as string }
  }
  const bearer = (token: string): Sent => ({ authorization: `Bearer ${token}` })
  return { ...everything, exchange, both, mint, bearer }
}

const statusOf = (response: string) => Number(response.slice(9, 12))

describe('the fast path and the framework send the same bytes:', () => {
  test('about every kind of token and every kind of request', async (t) => {
    const { both, mint, bearer, call, tokens, ids } = await setUp(t)
    const { owner, admin, member, otherAccount } = tokens
    const [narrowed, revoked] = [
      await mint({ permissions: ['tags:read'], scopes: [ids['environments']] }),
      await mint(),
    ]
    await call('DELETE', `/access-tokens/${revoked.id}`, { token: owner })
    // The first request of an owner reads its grants, which the framework waits for.
    for (const token of [owner, admin, member]) await call('GET', '/ping', { token })
    const invented = owner.slice(0, -1) + (owner.endsWith('A') ? 'B' : 'A')
    const form = (token: string) => `token=${encodeURIComponent(token)}`
    const cases: [name: string, headers: Sent, body: string, isFast: boolean, status: number][] = [
      ['its own token', bearer(admin), form(admin), true, 200],
      ['a token of another owner', bearer(admin), form(member), true, 200],
      ['a narrowed token', bearer(owner), form(narrowed.token), true, 200],
      ['a token that it may not see', bearer(member), form(owner), true, 200],
      ['a token of another account', bearer(admin), form(otherAccount), true, 200],
      ['a revoked token', bearer(admin), form(revoked.token), true, 200],
      ['a token that was never issued', bearer(admin), form(invented), true, 200],
      ['a text that is no token', bearer(admin), 'token=nothing', true, 200],
      ['a percent-encoded token', bearer(admin), `token=%65${member.slice(1)}`, true, 200],
      ['a percent-encoded member', bearer(admin), `%74oken=${member}`, true, 200],
      ['a member twice', bearer(admin), `token=${member}&token=${owner}`, true, 200],
      ['more members', bearer(admin), `token_type_hint=access_token&token=${member}&x=ä`, true, 200],
      ['an allowed address', bearer(admin), `${form(member)}&client_ip=192.0.2.1`, true, 200],
      ['a scheme in capitals', { authorization: `BEARER  ${admin} ` }, form(member), true, 200],
      ['an unused Origin', { ...bearer(admin), origin: 'https://elsewhere.example' }, form(member), true, 200],
      [
        'a forwarded scheme without a trusted proxy',
        { ...bearer(admin), 'x-forwarded-proto': 'https' },
        form(member),
        true,
        200,
      ],
      ['a connection that closes', { ...bearer(admin), connection: 'close' }, form(member), true, 200],
      ['no token', bearer(admin), 'x=1', false, 400],
      ['an empty token', bearer(admin), 'token=', false, 400],
      ['an invalid address', bearer(admin), `${form(member)}&client_ip=nowhere`, false, 400],
      ['an empty address', bearer(admin), `${form(member)}&client_ip=`, false, 400],
      ['nobody', {}, form(member), false, 401],
      ['another scheme', { authorization: `Basic ${admin}` }, form(member), false, 401],
      ['a revoked caller', bearer(revoked.token), form(member), false, 401],
      ['an invented caller', bearer(invented), form(member), false, 401],
      ['no body', { ...bearer(admin), 'content-length': '0' }, '', false, 400],
      ['JSON', { ...bearer(admin), 'content-type': 'application/json' }, '{}', false, 415],
      ['no content type', { ...bearer(admin), 'content-type': '' }, form(member), false, 415],
      [
        'a content type with a parameter',
        { ...bearer(admin), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        form(member),
        false,
        200,
      ],
      ['a longer body', bearer(admin), `${form(member)}&x=${'x'.repeat(8_192)}`, false, 200],
      [
        'a proxy on this machine that is not declared',
        { ...bearer(admin), 'x-forwarded-for': '192.0.2.9' },
        form(member),
        false,
        200,
      ],
    ]
    for (const [name, headers, body, isFast, status] of cases) {
      const { first, second, isFast: wasFast } = await both(headers, body)
      assert.equal(first, second, name)
      assert.deepEqual([statusOf(first), wasFast], [status, isFast], `${name}: ${first}`)
    }
    const old = await both(bearer(admin), form(member), '1.0')
    assert.equal(old.first, old.second)
    assert.equal(old.isFast, false)
  })

  test('behind a trusted proxy', async (t) => {
    const { both, bearer, call, tokens } = await setUp(t, { trustProxy: 'loopback' })
    const allowed = await call('PATCH', `/accounts/${accountA}`, {
      body: document('accounts', { 'allowed-ips': ['192.0.2.0/24'] }),
    })
    assert.equal(allowed.status, 200, allowed.text)
    const headers = { ...bearer(tokens.admin), 'x-forwarded-proto': 'http, https', 'x-forwarded-host': 'Mint.example' }
    const from = async (address: string) =>
      await both({ ...headers, 'x-forwarded-for': address }, `token=${tokens.admin}`)
    const inside = await from('203.0.113.9, 192.0.2.7')
    assert.equal(inside.first, inside.second)
    assert.deepEqual([inside.isFast, statusOf(inside.first)], [true, 200])
    assert.match(inside.first, /strict-transport-security: /)
    const outside = await from('192.0.2.7, 203.0.113.9')
    assert.equal(outside.first, outside.second)
    assert.deepEqual([outside.isFast, statusOf(outside.first)], [false, 401])
  })

  test('a draining server closes the connection', async (t) => {
    const runState = newRunState()
    const { both, bearer, tokens } = await setUp(t, { runState })
    runState.isDraining = true
    const { first, second, isFast } = await both(bearer(tokens.admin), `token=${tokens.member}`)
    assert.equal(first, second)
    assert.match(first, /^connection: close\r$/im)
    assert.equal(isFast, false)
  })
})

test('the fast path has the same effects: log, counts of verdicts, and use of both tokens', async (t) => {
  const { exchange, bearer, authority, tokens } = await setUp(t)
  const { database, log, app } = authority
  const effectsOf = async (path: string) => {
    await app.flush()
    for (const table of ['tokenActivity', 'verdictCounts'] as const)
      await database.write((db) => db.deleteFrom(table).execute())
    log.length = 0
    for (const token of [tokens.member, tokens.admin, 'nothing'])
      await exchange(path, bearer(tokens.admin), `token=${token}`)
    await app.flush()
    const uses = await database.read
      .selectFrom('tokenActivity')
      .select(['tokenId', 'network', 'operation', 'times'])
      .orderBy('tokenId')
      .execute()
    const verdicts = await database.read
      .selectFrom('verdictCounts')
      .select(['accountId', 'outcome', (of) => of.fn.sum('times').as('times')])
      .groupBy(['accountId', 'outcome'])
      .orderBy('outcome')
      .execute()
    const lines = log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    return { uses, verdicts, lines: lines.map(({ id: _, time: __, ms: ___, ...line }) => line) }
  }
  const [fast, framework] = [await effectsOf(endpoint), await effectsOf(sameForFramework)]
  assert.equal(fast.lines.length, 3)
  assert.equal(fast.uses.length, 2)
  assert.deepEqual(fast, framework)
})

test('requests that arrive in parts or pipelined are answered in order', async (t) => {
  const { bearer, tokens, authority } = await setUp(t)
  const { port } = authority.app.server.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let received = ''
  socket.on('data', (text) => {
    received += text
    if (received.split('"active":').length === 5) socket.destroy()
  })
  const request = (token: string) => {
    const headers = { ...plain, ...bearer(tokens.admin), 'content-length': String(token.length + 6) }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    return `POST ${endpoint} HTTP/1.1\r\n${lines.join('')}\r\ntoken=${token}`
  }
  const [last, ...first] = ['nothing', tokens.member, 'nothing', tokens.admin].map(request).toReversed()
  socket.write(`${first.toReversed().join('')}${last?.slice(0, -20)}`)
  await once(socket, 'data')
  socket.write(last?.slice(-20) as string)
  await once(socket, 'close')
  assert.deepEqual(
    [...received.matchAll(/"active":(\w+)/g)].map(([, is]) => is),
    ['false', 'true', 'false', 'true'],
  )
})
