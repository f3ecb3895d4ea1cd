/** A change at one node takes effect at the other: two servers on one PostgreSQL, two processes on one SQLite file. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { basePath } from '@mintmark/contract'
import { pino } from 'pino'
import { buildApp } from '../authority/app.ts'
import { openDatabase } from '../authority/database/database.ts'
import { realWorld } from '../authority/world.ts'
import { startChild } from '../testing/child-authority.ts'
import {
  type Answer,
  type Authority,
  caller,
  document,
  type Machine,
  machine,
  masterKeys,
  startAuthority,
} from '../testing/kit.ts'
import { startPostgres, temporaryPostgres } from '../testing/postgres.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

interface Two {
  readonly here: Authority
  readonly there: Pick<Authority, 'call'>
}

/** The default maximum staleness. */
const boundMilliseconds = 1_000
const deadlineMilliseconds = 20_000
/** The tests poll often until an answer changes. */
const invalidTokensPerMinute = 1_000_000

const places = {
  sqlite: async (t: TestContext): Promise<Two> => {
    const store = { file: join(temporaryFolder(t), 'mintmark.db') }
    const here = await startAuthority(t, { store, invalidTokensPerMinute })
    const child = await startChild(t, store)
    const { token } = here.prepared
    return { here, there: { call: (method, path, options) => child.call(method, path, { token, ...options }) } }
  },
  postgres: async (t: TestContext): Promise<Two> => {
    const store = { url: await temporaryPostgres(t) }
    const here = await startAuthority(t, { store, invalidTokensPerMinute })
    const database = await openDatabase(store)
    const logger = pino({ level: 'silent' })
    const app = await buildApp({
      database,
      world: realWorld,
      masterKeys,
      logger,
      host: 'mintmark.internal',
      invalidTokensPerMinute,
    })
    t.after(async () => {
      await app.close()
      await database.close()
    })
    return { here, there: { call: caller(app, here.prepared.token) } }
  },
}

/**
 * Repeats a request until its response changes. SQLite: the next response must differ. PostgreSQL: a request sent later than
 * the bound after the change must get another response, however slow the machine is.
 */
async function until(kind: 'sqlite' | 'postgres', before: number, ask: () => Promise<Answer>): Promise<Answer> {
  const doneAt = performance.now()
  for (;;) {
    const askedAt = performance.now()
    const answer = await ask()
    if (answer.status !== before) return answer
    assert.equal(kind, 'postgres', 'on one machine the next request has to see the change')
    assert.ok(askedAt < doneAt + boundMilliseconds, 'no outdated response after the bound')
    await new Promise(setImmediate)
  }
}

/** A connection that sends bytes and finds what the responses contain. */
async function connection(t: TestContext, port: number) {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  const found = async (pattern: RegExp, count: number): Promise<(string | undefined)[]> => {
    for (;;) {
      const groups = [...received.matchAll(pattern)].map(([, group]) => group)
      if (groups.length >= count) return groups
      await once(socket, 'data')
    }
  }
  const statuses = async (count: number) => (await found(/HTTP\/1\.1 (\d{3})/g, count)).map(Number)
  return { send: (text: string) => void socket.write(text), found, statuses }
}

test('sqlite: an introspection that arrives after a revocation at the other node sees it', {
  timeout: 60_000,
}, async (t) => {
  const { here, there } = await places.sqlite(t)
  const ci = await machine(here, 'introspected')
  await here.app.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = here.app.server.server.address() as AddressInfo
  const { send, found } = await connection(t, port)
  const introspection = (caller: string, token: string) => {
    const head = `POST /oauth/introspect HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${caller}\r\n`
    const form = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${token.length + 6}\r\n`
    return `${head}${form}\r\ntoken=${token}`
  }
  let seen = 0
  /** `active` of the next responses; undefined for 401. */
  const next = async (count: number) => {
    seen += count
    return (await found(/"active":(\w+)|HTTP\/1\.1 401/g, seen)).slice(-count)
  }
  for (let round = 0; round < 5; round++) {
    const path = `/service-accounts/${ci.id}/access-tokens`
    const minted = await here.call('POST', path, { body: document('access-tokens', { name: `round ${round}` }) })
    const { id, attributes } = minted.json.data
    const { token } = attributes
    const ask = introspection(here.prepared.token, token)
    send(ask + introspection(token, token))
    assert.deepEqual(await next(2), ['true', 'true'], `round ${round}`)
    assert.equal((await there.call('DELETE', `/access-tokens/${id}`)).status, 204)
    send(ask + introspection(token, token) + ask)
    assert.deepEqual(await next(3), ['false', undefined, 'false'], `round ${round}`)
  }
})

test('sqlite: a token deleted at one node is refused at the other, however the request arrives', {
  timeout: 60_000,
}, async (t) => {
  const two = await places.sqlite(t)
  const { here, there } = two
  const ci = await machine(here, 'writer', { permissions: ['*:*'], scope: ['accounts', here.prepared.account] })
  await here.app.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = here.app.server.server.address() as AddressInfo
  const body = JSON.stringify(document('tags', { name: 'never' }))
  const get = (token: string) =>
    `GET ${basePath}/service-accounts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
  const head = (token: string) =>
    `POST ${basePath}/tags HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/vnd.api+json\r\nContent-Length: ${body.length}\r\n\r\n`
  const ways: Record<string, readonly [before: (token: string) => string, after: (token: string) => string, number]> = {
    'whole, without a body': [() => '', get, 1],
    'whole, with a body': [() => '', (token) => head(token) + body, 1],
    'eight in one packet': [() => '', (token) => get(token).repeat(8), 8],
    'its body later': [head, () => body, 1],
    'its last byte later': [(token) => head(token) + body.slice(0, -1), () => body.slice(-1), 1],
    'behind a whole request': [
      (token) => head(token).slice(0, 40),
      (token) => head(token).slice(40) + body + get(token),
      2,
    ],
  }
  for (const [way, [before, after, count]] of Object.entries(ways)) {
    const path = `/service-accounts/${ci.id}/access-tokens`
    const minted = await here.call('POST', path, { body: document('access-tokens', { name: way }) })
    const { id, attributes } = minted.json.data
    const { send, statuses } = await connection(t, port)
    send(get(attributes.token))
    assert.deepEqual(await statuses(1), [200], way)
    send(before(attributes.token))
    // The server has read the first part: it answers another connection that sends later.
    assert.equal((await here.call('GET', '/ping', { token: ci.token })).status, 200)
    assert.equal((await there.call('DELETE', `/access-tokens/${id}`)).status, 204)
    send(after(attributes.token))
    const refused = Array.from({ length: count }, () => 401)
    assert.deepEqual(await statuses(1 + count), [200, ...refused], way)
  }
  assert.deepEqual((await here.call('GET', '/tags')).json.data, [])
})

const reads = (at: Pick<Authority, 'call'>, { token }: { token: string }, remoteAddress?: string) =>
  at.call('GET', '/service-accounts', { token, ...(remoteAddress ? { remoteAddress } : {}) })

const reader = ({ here }: Two, name = 'reader'): Promise<Machine> =>
  machine(here, name, { permissions: ['*:read'], scope: ['accounts', here.prepared.account] })

for (const kind of ['sqlite', 'postgres'] as const) {
  describe(kind, () => {
    test('a token created at one node is accepted at the other immediately, and refused there once it is deleted', async (t) => {
      const two = await places[kind](t)
      const { here, there } = two
      const ci = await reader(two)
      assert.equal((await reads(there, ci)).status, 200)
      const tokens = await there.call('GET', `/service-accounts/${ci.id}/access-tokens`)
      assert.equal((await here.call('DELETE', `/access-tokens/${tokens.json.data[0].id}`)).status, 204)
      assert.equal((await reads(here, ci)).status, 401, 'at the node where it was deleted')
      const refused = await until(kind, 200, () => reads(there, ci))
      assert.equal(refused.status, 401)
      assert.equal(refused.json.errors[0].code, 'token-revoked')
    })

    test('the same in the other direction', async (t) => {
      const two = await places[kind](t)
      const { here, there } = two
      const ci = await reader(two)
      const minted = await there.call('POST', `/service-accounts/${ci.id}/access-tokens`, {
        body: document('access-tokens', { name: 'from there' }),
      })
      const { id, attributes } = minted.json.data
      assert.equal((await reads(here, attributes)).status, 200)
      assert.equal((await there.call('DELETE', `/access-tokens/${id}`)).status, 204)
      assert.equal((await until(kind, 200, () => reads(here, attributes))).status, 401)
      assert.equal((await reads(here, ci)).status, 200, 'only that one')
    })

    test('an owner deactivated at one node is refused at the other until reactivated', async (t) => {
      const two = await places[kind](t)
      const { here, there } = two
      const ci = await reader(two)
      const set = async (status: string) => {
        const body = { data: { type: 'service-accounts', id: ci.id, attributes: { status } } }
        assert.equal((await there.call('PATCH', `/service-accounts/${ci.id}`, { body })).status, 200)
      }
      assert.equal((await reads(here, ci)).status, 200)
      await set('Inactive')
      const refused = await until(kind, 200, () => reads(here, ci))
      assert.deepEqual([refused.status, refused.json.errors[0].code], [401, 'owner-inactive'])
      await set('Active')
      assert.equal((await until(kind, 401, () => reads(here, ci))).status, 200)
    })

    test('networks that are no longer allowed at one node are refused at the other', async (t) => {
      const two = await places[kind](t)
      const { here, there } = two
      const ci = await reader(two)
      const ask = () => reads(here, ci, '192.0.2.7')
      assert.equal((await ask()).status, 200)
      const { account } = here.prepared
      const body = { data: { type: 'accounts', id: account, attributes: { 'allowed-ips': ['10.0.0.0/8'] } } }
      assert.equal((await there.call('PATCH', `/accounts/${account}`, { body })).status, 200)
      const refused = await until(kind, 200, ask)
      assert.deepEqual([refused.status, refused.json.errors[0].code], [401, 'not-from-this-network'])
      assert.equal((await reads(here, ci, '10.1.2.3')).status, 200)
    })

    test('a policy deleted at one node grants nothing at the other', async (t) => {
      const two = await places[kind](t)
      const { here, there } = two
      const ci = await reader(two)
      assert.equal((await reads(here, ci)).status, 200)
      const policies = await there.call('GET', `/access-policies?filter[service-account]=${ci.id}`)
      assert.equal((await there.call('DELETE', `/access-policies/${policies.json.data[0].id}`)).status, 204)
      assert.equal((await until(kind, 200, () => reads(here, ci))).status, 403)
    })
  })
}

test('without PostgreSQL requests fail with 503 and Retry-After, and work again once it is back', async (t) => {
  const server = await startPostgres()
  t.after(() => t.after(server.remove))
  const here = await startAuthority(t, { store: { url: server.url } })
  const { account } = here.prepared
  const ci = await machine(here, 'ci', { permissions: ['*:read'], scope: ['accounts', account] })
  assert.equal((await reads(here, ci)).status, 200)
  server.stop()
  const lost = await until('postgres', 200, () => here.call('GET', '/ping', { token: ci.token }))
  const write = await here.call('POST', '/tags', { body: document('tags', { name: 'never' }) })
  for (const answer of [lost, await reads(here, ci), write]) {
    assert.equal(answer.status, 503)
    assert.equal(answer.headers['retry-after'], '1')
    assert.doesNotMatch(answer.text, /only-for-tests|eyJ/)
  }
  await server.start()
  const deadline = performance.now() + deadlineMilliseconds
  while ((await reads(here, ci)).status !== 200) {
    assert.ok(performance.now() < deadline, 'requests succeed again')
    await new Promise(setImmediate)
  }
  assert.equal((await here.call('POST', '/tags', { body: document('tags', { name: 'again' }) })).status, 201)
  const tags = await here.call('GET', '/tags')
  assert.deepEqual(
    tags.json.data.map((tag: { attributes: { name: string } }) => tag.attributes.name),
    ['again'],
  )
})

test('when PostgreSQL terminates every connection, no acknowledged write is lost', async (t) => {
  const server = await startPostgres()
  t.after(() => t.after(server.remove))
  const here = await startAuthority(t, { store: { url: server.url } })
  const mint = async (i: number) => {
    const answer = await here.call('POST', '/tags', { body: document('tags', { name: `tag ${i}` }) })
    if (i === 20) server.stop()
    return answer
  }
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => mint(i)))
  const statuses = new Set(answers.map(({ status }) => status))
  assert.deepEqual([...statuses].toSorted(), [201, 503])
  await server.start()
  const deadline = performance.now() + deadlineMilliseconds
  let tags = await here.call('GET', '/tags?page[size]=100')
  while (tags.status !== 200) {
    assert.ok(performance.now() < deadline, 'requests succeed again')
    tags = await here.call('GET', '/tags?page[size]=100')
  }
  const kept = new Set(tags.json.data.map((tag: { id: string }) => tag.id))
  for (const { status, json } of answers) if (status === 201) assert.ok(kept.has(json.data.id))
})
