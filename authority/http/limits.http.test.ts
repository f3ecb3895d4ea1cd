/** Every limit of contract/limits.ts that a client can reach, over real sockets if it applies below HTTP. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Authority, document, startAuthority } from '../../testing/kit.ts'
import { fixedWorld } from '../world.ts'

async function listening(authority: Authority): Promise<number> {
  await authority.app.server.listen({ host: '127.0.0.1', port: 0 })
  return (authority.app.server.server.address() as AddressInfo).port
}

/** Returns everything received until the other side closed. */
async function exchange(port: number, say: (socket: Socket) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk
  })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  say(socket)
  await once(socket, 'close')
  return received
}

const ask = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`

describe('below HTTP', () => {
  test('too many headers return 431 with an error document', async (t) => {
    const port = await listening(await startAuthority(t))
    const answer = await exchange(port, (socket) =>
      socket.write(ask('/healthz', `x: ${'y'.repeat(limits.headerBytes)}\r\n`)),
    )
    assert.match(answer, /^HTTP\/1\.1 431 /)
    assert.match(answer, /"code":"headers-too-large"/)
    assert.match(
      await exchange(port, (socket) => socket.write(ask('/healthz', `x: ${'y'.repeat(limits.headerBytes / 2)}\r\n`))),
      /^HTTP\/1\.1 200 /,
    )
  })

  test('an unfinished body returns 408, and nothing is written', async (t) => {
    const authority = await startAuthority(t, { requestMilliseconds: 300 })
    const port = await listening(authority)
    const answer = await exchange(port, (socket) =>
      socket.write(
        `POST /api/iacp/v3/tags HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${authority.prepared.token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"data":`,
      ),
    )
    assert.match(answer, /^HTTP\/1\.1 408 /)
    assert.equal((await authority.call('GET', '/tags')).json.data.length, 0)
  })

  test('a body that stops in the middle does not harm the server', async (t) => {
    const authority = await startAuthority(t)
    const port = await listening(authority)
    await exchange(port, (socket) =>
      socket.end('POST /api/iacp/v3/tags HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"data":'),
    )
    assert.match(await exchange(port, (socket) => socket.write(ask('/healthz'))), /^HTTP\/1\.1 200 /)
  })

  test('another protocol gets a 400 with an error document', async (t) => {
    const port = await listening(await startAuthority(t))
    for (const text of [
      '\u0016\u0003\u0001\u0000',
      'hello\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /\u0001 HTTP/1.1\r\nhost: x\r\n\r\n',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ]) {
      const answer = await exchange(port, (socket) => socket.write(text))
      assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(text))
      assert.match(answer, /"code":"malformed-request"/)
    }
  })

  test('pipelined requests are answered in order up to the limit, and thousands in one packet close the connection', async (t) => {
    const authority = await startAuthority(t)
    const port = await listening(authority)
    const one = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'
    const answer = await exchange(port, (socket) =>
      socket.write(one.repeat(limits.pipelinedRequests - 1) + ask('/healthz')),
    )
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, limits.pipelinedRequests)
    authority.log.length = 0
    await exchange(port, (socket) => socket.write(one.repeat(1_500)))
    const served = authority.log.filter((line) => line.includes('"path":"/healthz"')).length
    assert.ok(served <= limits.pipelinedRequests, `${served} requests were served`)
  })

  test('idle connections are kept for the documented time', async (t) => {
    const port = await listening(await startAuthority(t))
    const answer = await exchange(port, (socket) =>
      socket.write(`GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n${ask('/healthz')}`),
    )
    assert.match(answer, new RegExp(`keep-alive: timeout=${limits.keepAliveSeconds}`, 'i'))
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2)
  })
})

describe('for a request:', () => {
  const many = (count: number, name = 'x') => Array.from({ length: count }, (_, number) => `${name}${number}`).join(',')
  const cases: [what: string, method: string, path: string, body: unknown, status: number, place: string][] = [
    ['a body past 1 MiB', 'POST', '/teams', `{"a":"${'x'.repeat(limits.bodyBytes)}"}`, 413, ''],
    ['an address without end', 'GET', `/teams?x=${'y'.repeat(limits.pathCharacters * 4)}`, undefined, 400, ''],
    ['a step too many in an include', 'GET', '/teams?include=account.owner.teams.users', undefined, 400, 'include'],
    [
      'too many includes',
      'GET',
      `/teams?include=${Array(limits.includePaths + 1)
        .fill('account')
        .join()}`,
      undefined,
      400,
      'include',
    ],
    [
      'too many sort keys',
      'GET',
      `/teams?sort=${Array(limits.sortKeys + 1)
        .fill('name')
        .join()}`,
      undefined,
      400,
      'sort',
    ],
    [
      'too many filters',
      'GET',
      `/teams?${Array(limits.filters + 1)
        .fill('filter[name]=like:a')
        .join('&')}`,
      undefined,
      400,
      'filter[name]',
    ],
    [
      'too many filter values',
      'GET',
      `/teams?filter[name]=in:${many(limits.filterValues + 1)}`,
      undefined,
      400,
      'filter[name]',
    ],
    ['a page too far', 'GET', `/teams?page[number]=${limits.pageNumberMax + 1}`, undefined, 400, 'page[number]'],
    [
      'a life too long',
      'POST',
      '/access-tokens',
      document('access-tokens', { 'expires-in': limits.tokenLifetimeMinutesMax + 1 }),
      422,
      '/data/attributes/expires-in',
    ],
    [
      'a name too long',
      'POST',
      '/access-tokens',
      document('access-tokens', { name: 'x'.repeat(limits.nameCharacters + 1) }),
      422,
      '/data/attributes/name',
    ],
    [
      'a description too long',
      'POST',
      '/access-tokens',
      document('access-tokens', { description: 'x'.repeat(limits.descriptionCharacters + 1) }),
      422,
      '/data/attributes/description',
    ],
    [
      'a value too long',
      'POST',
      '/vars',
      document('vars', { key: 'k', category: 'env', value: 'x'.repeat(limits.variableValueCharacters + 1) }),
      422,
      '/data/attributes/value',
    ],
    [
      'too many permissions',
      'POST',
      '/access-tokens',
      document('access-tokens', { permissions: Array(201).fill('teams:read') }),
      422,
      '/data/attributes/permissions',
    ],
  ]
  for (const [what, method, path, body, status, place] of cases) {
    test(`${what} is rejected with an error that names it`, async (t) => {
      const { call } = await startAuthority(t)
      const refused = await call(method, path, body === undefined ? {} : { body })
      assert.equal(refused.status, status, refused.text.slice(0, 200))
      const { source } = refused.json.errors[0]
      assert.equal(source?.pointer ?? source?.parameter ?? '', place)
    })
  }
})

describe('bad tokens', () => {
  test('from one address are rate limited, while a valid token from there is accepted', async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00.000Z')
    const { call } = await startAuthority(t, { world })
    const statuses = []
    for (let times = 0; times <= limits.invalidTokensPerMinute; times++)
      statuses.push((await call('GET', '/ping', { token: 'bad' })).status)
    assert.deepEqual(new Set(statuses.slice(0, -1)), new Set([401]))
    const slowed = await call('GET', '/ping', { token: 'bad' })
    assert.equal(slowed.status, 429)
    assert.equal(slowed.headers['retry-after'], '60')
    assert.equal((await call('GET', '/ping')).status, 200)
    assert.equal((await call('GET', '/ping', { token: 'bad', remoteAddress: '192.0.2.1' })).status, 401)
    world.set('2030-01-01T00:01:00.000Z')
    assert.equal((await call('GET', '/ping', { token: 'bad' })).status, 401)
  })

  test('and missing tokens have different error codes', async (t) => {
    const { call } = await startAuthority(t)
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic eHg6eA==', 'Bearer a b']) {
      const refused = await call('GET', '/ping', { token: null, headers: { authorization } })
      assert.deepEqual(
        [refused.status, refused.json.errors[0].code, refused.headers['www-authenticate']],
        [401, 'no-token', 'Bearer realm="mintmark"'],
      )
    }
    const bad = await call('GET', '/ping', { token: 'x' })
    assert.match(String(bad.headers['www-authenticate']), /error="invalid_token"/)
  })
})

test('bad tokens from many addresses of one IPv6 network are limited as one client', async (t) => {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const { call } = await startAuthority(t, { world })
  const from = async (remoteAddress: string) => (await call('GET', '/ping', { token: 'bad', remoteAddress })).status
  const statuses = new Set<number>()
  for (let host = 0; host < limits.invalidTokensPerMinute; host++) statuses.add(await from(`2001:db8:1:2::${host}`))
  assert.deepEqual(statuses, new Set([401]))
  assert.equal(await from('2001:DB8:1:2:ffff::1'), 429)
  assert.equal(await from('2001:db8:1:3::1'), 401)
  assert.equal(await from('192.0.2.1'), 401)
})

test('the prefix length of an IPv6 client is configurable', async (t) => {
  const { call } = await startAuthority(t, { invalidTokensPerMinute: 1, limitIpv6Prefix: 48 })
  const from = async (remoteAddress: string) => (await call('GET', '/ping', { token: 'bad', remoteAddress })).status
  assert.equal(await from('2001:db8:1:2::1'), 401)
  assert.equal(await from('2001:db8:1:3::1'), 429)
  assert.equal(await from('2001:db8:2:3::1'), 401)
})

test('a network list with IPv6 accepts an address in any notation, and IPv4 if that is listed too', async (t) => {
  const { call, prepared } = await startAuthority(t)
  const allow = (attributes: object) =>
    call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', attributes) })
  const statusFrom = async (remoteAddress: string) => (await call('GET', '/ping', { remoteAddress })).status
  const set = await allow({ 'allowed-ipv6': ['2001:DB8::/32', '2001:db9::1'] })
  assert.deepEqual(set.json.data.attributes['allowed-ipv6'], ['2001:db8::/32', '2001:db9::1/128'])
  assert.deepEqual(set.json.data.attributes['allowed-ips'], [])
  for (const inside of ['2001:db8::9', '2001:0DB8:0:0::9', '2001:db9:0::1'])
    assert.equal(await statusFrom(inside), 200, inside)
  for (const outside of ['2001:db9::2', '192.0.2.5', '::ffff:192.0.2.5'])
    assert.equal(await statusFrom(outside), 401, outside)
  await allow({ 'allowed-ips': ['192.0.2.0/24'] })
  for (const inside of ['2001:db8::9', '192.0.2.5', '::ffff:192.0.2.5', '::ffff:c000:205'])
    assert.equal(await statusFrom(inside), 200, inside)
  await allow({ 'allowed-ipv6': [] })
  assert.equal(await statusFrom('2001:db8::9'), 401)
  await allow({ 'allowed-ips': [] })
  assert.equal(await statusFrom('2001:db8::9'), 200)
})

test('each address family has its own attribute, which rejects the other family', async (t) => {
  const { call, prepared } = await startAuthority(t)
  for (const [name, text, detail] of [
    ['allowed-ips', '2001:db8::/32', /^value is not a valid IPv4 network$/],
    ['allowed-ips', '::ffff:10.0.0.0/104', /^value is not a valid IPv4 network$/],
    ['allowed-ipv6', '10.0.0.0/8', /^Expected an IPv6 network/],
    ['allowed-ipv6', '::ffff:10.0.0.1', /^Expected an IPv6 network/],
    ['allowed-ipv6', '2001:db8::1/32', /^Expected an IPv6 network/],
    ['allowed-ipv6', 'fe80::1%eth0', /^Expected an IPv6 network/],
  ] as const) {
    const body = document('accounts', { [name]: [text] })
    const { status, json } = await call('PATCH', `/accounts/${prepared.account}`, { body })
    assert.deepEqual([status, json.errors?.[0].source?.pointer], [422, `/data/attributes/${name}/0`], text)
    assert.match(json.errors[0].detail, detail)
  }
})

describe('behind a proxy', () => {
  const fenced = { 'allowed-ips': ['192.0.2.0/24'] }
  const from = (forwarded: string) => ({ remoteAddress: '198.51.100.1', headers: { 'x-forwarded-for': forwarded } })

  test('that is trusted, its client address counts, not the one that the client sends', async (t) => {
    const { call, prepared } = await startAuthority(t, { trustProxy: '198.51.100.0/24' })
    await call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', fenced) })
    assert.equal((await call('GET', '/ping', from('192.0.2.5'))).status, 200)
    assert.equal((await call('GET', '/ping', from('192.0.2.5, 203.0.113.9'))).status, 401)
    assert.equal((await call('GET', '/ping', from('127.0.0.1, 203.0.113.9'))).status, 401)
  })

  test('a client is recognized by its address in any notation', async (t) => {
    const { call, prepared } = await startAuthority(t, { trustProxy: '198.51.100.0/24' })
    await call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', fenced) })
    const statusFrom = async (forwarded: string) => (await call('GET', '/ping', from(forwarded))).status
    for (const inside of [
      '192.0.2.5:51234',
      '::ffff:192.0.2.5',
      '::FFFF:c000:0205',
      '[::ffff:192.0.2.5]:443',
      ' 192.0.2.5 ',
    ])
      assert.equal(await statusFrom(inside), 200, inside)
    for (const viaSecond of ['192.0.2.5:1, 198.51.100.9:2', '192.0.2.5,::ffff:198.51.100.9'])
      assert.equal(await statusFrom(viaSecond), 200, viaSecond)
    for (const outside of [
      '203.0.113.9:51234',
      '[2001:db8::1]:443',
      'unknown',
      '_hidden',
      '192.0.2.5.evil',
      '127.evil',
      '192.0.2.5, ',
    ])
      assert.equal(await statusFrom(outside), 401, outside)
  })

  test('a proxy on this machine cannot make a client pass as loopback by omitting the address', async (t) => {
    const { call, prepared } = await startAuthority(t, { trustProxy: 'loopback' })
    await call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', fenced) })
    const statusFrom = async (forwarded: string) =>
      (await call('GET', '/ping', { headers: { 'x-forwarded-for': forwarded } })).status
    assert.equal(await statusFrom('192.0.2.5'), 200)
    for (const forwarded of ['unknown', '-', '127.evil', 'evil, 127.0.0.1'])
      assert.equal(await statusFrom(forwarded), 401, forwarded)
  })

  test('that runs on this machine and is not configured makes a network list ineffective, which is logged once', async (t) => {
    const { call, prepared, log } = await startAuthority(t)
    const warnings = () => log.filter((line) => line.includes('--trust-proxy')).length
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } }
    await call('GET', '/ping', forwarded)
    assert.equal(warnings(), 0)
    await call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', fenced) })
    await call('GET', '/ping')
    assert.equal(warnings(), 0)
    await call('GET', '/ping', forwarded)
    await call('GET', '/ping', forwarded)
    assert.equal(warnings(), 1)
  })

  test('that is not trusted, the header is ignored', async (t) => {
    const { call, prepared } = await startAuthority(t)
    await call('PATCH', `/accounts/${prepared.account}`, { body: document('accounts', fenced) })
    assert.equal((await call('GET', '/ping', from('192.0.2.5'))).status, 401)
  })
})
