import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { accessTokens, accounts, environments, serviceAccounts, tags, vars, workspaces } from '@mintmark/contract'
import { document, startAuthority } from '../testing/kit.ts'
import { type Client, connect, connectSession, Refused, Unreachable } from './index.ts'

const token = 'eyJh.eyJp.c2ln'

async function connected(t: TestContext) {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  return { ...authority, address, client: connect({ address, token: authority.prepared.token }) }
}

async function serverThat(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const listed = (client: Client) => client.call(tags, 'list')

test('a created record has the names of the input, and IDs for relations', async (t) => {
  const { client, prepared } = await connected(t)
  const made = await client.call(serviceAccounts, 'create', { input: { name: 'ci', description: null, owners: [] } })
  assert.match(made.id, /^sa-/)
  assert.equal(made.name, 'ci')
  assert.equal(made.accountId, prepared.account)
  assert.deepEqual(made.owners, [])
  const minted = await client.call(accessTokens, 'createForServiceAccount', {
    path: { serviceAccount: made.id },
    input: { expiresIn: 60 },
  })
  assert.equal(minted.expiresIn, 60)
  assert.match(minted.token ?? '', /^eyJ/)
  const path = { accessToken: minted.id }
  assert.equal((await client.call(accessTokens, 'show', { path })).token, undefined)
  assert.equal((await client.call(accessTokens, 'update', { path, input: { name: 'new' } })).name, 'new')
  assert.equal(await client.call(accessTokens, 'remove', { path }), undefined)
  assert.deepEqual(
    await client.all(accessTokens, 'listOfServiceAccount', { path: { serviceAccount: made.id }, filters: {} }),
    [],
  )
})

test('names of nested members are converted in both directions', async (t) => {
  const { client, call } = await connected(t)
  const { id: environmentId } = await client.call(environments, 'create', { input: { name: 'env' } })
  const input = { name: 'ws', environmentId, hooks: { preInit: 'a-b aB' } }
  const made = await client.call(workspaces, 'create', { input })
  assert.equal(made.hooks?.preInit, 'a-b aB')
  const shown = await call('GET', `/workspaces/${made.id}`)
  assert.equal(shown.json.data.attributes.hooks['pre-init'], 'a-b aB')
})

test('included records are returned with their type, and those of unknown types are ignored', async (t) => {
  const { client } = await connected(t)
  const { id: environmentId } = await client.call(environments, 'create', { input: { name: 'env' } })
  const { id } = await client.call(workspaces, 'create', { input: { name: 'ws', environmentId } })
  const included: unknown[] = []
  const asked = {
    include: ['environment', 'createdBy'],
    onIncluded: (type: string, record: { id: string }) => void included.push([type, record.id]),
  }
  await client.call(workspaces, 'show', { path: { workspace: id }, ...asked })
  await client.all(workspaces, 'list', asked)
  assert.deepEqual(
    included.filter((each) => JSON.stringify(each) === JSON.stringify(['environments', environmentId])).length,
    2,
  )
  assert.ok(included.some((each) => JSON.stringify(each).startsWith('["users",')))
  const address = await serverThat(t, (_, response) =>
    response.writeHead(200, { 'content-type': 'application/vnd.api+json' }).end(
      JSON.stringify({
        data: [],
        included: [null, 1, { type: 'planets', id: 'x' }, { type: 'teams', id: 'team-1' }],
      }),
    ),
  )
  const few: unknown[] = []
  const other = connect({ address, token })
  await other.call(tags, 'list', { onIncluded: (type, { id: found }) => void few.push([type, found]) })
  assert.deepEqual(few, [['teams', 'team-1']])
})

test("an action sends its own members and returns a record of its result's type", async (t) => {
  const { client, prepared } = await connected(t)
  const rotated = await client.call(accessTokens, 'rotate', {
    path: { accessToken: 'self' },
    input: { overlap: 5 },
    idempotencyKey: 'one',
  })
  const repeated = await client.call(accessTokens, 'rotate', {
    path: { accessToken: 'self' },
    input: { overlap: 5 },
    idempotencyKey: 'one',
  })
  assert.notEqual(repeated.id, rotated.id)
  assert.equal(repeated.predecessorId, rotated.predecessorId)
  const path = { account: prepared.account }
  const member = await client.call(accounts, 'invite', { path, input: { email: 'new@example.com' } })
  assert.match(member.id, /^[0-9a-f-]{36}$/)
})

test('`all` reads every page with the requested order and filter', async (t) => {
  const { client, call } = await connected(t)
  const names = Array.from({ length: 101 }, (_, index) => `t${String(index).padStart(3, '0')}`)
  await Promise.all(names.map((name) => call('POST', '/tags', { body: document('tags', { name }) })))
  const found = await client.all(tags, 'list', { sort: ['-name'] })
  assert.deepEqual(
    found.map(({ name }) => name),
    names.toReversed(),
  )
  assert.equal((await client.all(tags, 'list', { filters: { name: 'in:t001,t100' } })).length, 2)
  const page = await client.call(tags, 'list', { page: { number: 1, size: 100 } })
  assert.deepEqual([page.records.length, page.totalCount, page.nextPage], [100, 101, 2])
})

test('declared parameters are sent', async (t) => {
  const { client } = await connected(t)
  const input = { key: 'region', category: 'terraform', value: 'eu' } as const
  const { workspaceId } = await workspaceIn(client)
  await client.call(vars, 'create', { input: { ...input, workspaceId } })
  const final = { input: { ...input, final: true } }
  await assert.rejects(client.call(vars, 'create', final), { pointer: '/data/attributes/final' })
  assert.equal((await client.call(vars, 'create', { ...final, parameters: { force: 'true' } })).final, true)
})

async function workspaceIn(client: Client) {
  const { id: environmentId } = await client.call(environments, 'create', { input: { name: 'prod' } })
  const { id: workspaceId } = await client.call(workspaces, 'create', { input: { name: 'app', environmentId } })
  return { workspaceId }
}

test('full-text search finds records by any name', async (t) => {
  const { client, call } = await connected(t)
  for (const name of ['blue', 'green']) await call('POST', '/tags', { body: document('tags', { name }) })
  const { records } = await client.call(tags, 'list', { search: 'gree' })
  assert.deepEqual(
    records.map(({ name }) => name),
    ['green'],
  )
})

test('a session client sends the console header and no token', async (t) => {
  const seen: (string | string[] | undefined)[] = []
  const address = await serverThat(t, ({ headers }, response) => {
    seen.push(headers.authorization, headers['x-mintmark-console'])
    response.end('{"data":[]}')
  })
  assert.deepEqual(await connectSession({ address }).all(tags, 'list'), [])
  assert.deepEqual(seen, [undefined, '1'])
})

test('a client introspects its token', async (t) => {
  const { client, prepared } = await connected(t)
  const introspection = await client.introspectSelf()
  assert.deepEqual(
    [introspection.active, introspection.ownerId, introspection.username],
    [true, prepared.user, prepared.email],
  )
})

test('a refusal contains status, code, title, detail, pointer and all further errors', async (t) => {
  const { client } = await connected(t)
  const refused = await client
    .call(serviceAccounts, 'create', { input: { name: ' ', description: 'x'.repeat(2000) } })
    .catch((error) => error)
  assert.ok(refused instanceof Refused)
  assert.equal(refused.status, 422)
  assert.equal(refused.code, 'invalid-attribute')
  assert.equal(refused.title, 'Invalid Attribute')
  assert.equal(refused.detail, 'Service account name can not be empty.')
  assert.equal(refused.pointer, '/data/attributes/name')
  assert.deepEqual(
    refused.faults.map(({ pointer }) => pointer),
    ['/data/attributes/name', '/data/attributes/description'],
  )
  assert.match(refused.requestId ?? '', /^req-/)
})

test('a refusal without an error document has a status', async (t) => {
  const address = await serverThat(t, (_, response) => response.writeHead(502, { 'retry-after': '7' }).end('<html>'))
  const refused = await listed(connect({ address, token })).catch((error) => error)
  assert.ok(refused instanceof Refused)
  assert.deepEqual([refused.status, refused.code, refused.retryAfterSeconds], [502, 'unknown', 7])
})

test('no error contains the token, even if the response does, and logging the client does not reveal it', async (t) => {
  const address = await serverThat(t, ({ headers }, response) => {
    const said = headers.authorization
    response.writeHead(400, { 'x-request-id': said })
    response.end(JSON.stringify({ errors: [{ code: said, title: said, detail: said, source: { pointer: said } }] }))
  })
  const client = connect({ address, token })
  const refused = await listed(client).catch((error) => error)
  assert.equal(refused.detail, 'Bearer [secret]')
  const shown = [refused, client].map((each) => inspect(each, { depth: 9, showHidden: true }) + JSON.stringify(each))
  assert.doesNotMatch(shown.join('\n'), /eyJp/)
})

test('a token that is invalid in a header is rejected without repeating it', () => {
  for (const odd of ['', 'eyJh\neyJp', 'eyJhé', 'eyJh eyJp']) {
    assert.throws(
      () => connect({ address: 'https://a.test', token: odd }),
      (error: Error) => error instanceof TypeError && !error.message.includes('eyJ'),
    )
  }
})

const open = ['https://a.test', 'https://a.test:8443/', 'http://127.0.0.1:1', 'http://localhost', 'http://[::1]:1']
const closed = [
  ['a.test', /expected a URL/],
  ['ftp://a.test', /expected a URL/],
  ['https://user:secret@a.test', /scheme, host and port/],
  ['https://a.test/api', /scheme, host and port/],
  ['http://a.test', /plain http/],
  ['http://127.0.0.1.a.test', /plain http/],
  ['http://localhost.a.test', /plain http/],
  ['http://10.0.0.1', /plain http/],
] as const

test('a token is sent over plain http only to this machine, unless allowed', () => {
  for (const address of open) assert.ok(connect({ address, token }))
  for (const [address, message] of closed)
    assert.throws(() => connect({ address, token }), { name: 'TypeError', message })
  assert.ok(connect({ address: 'http://a.test', token, insecureHttp: true }))
})

test('a redirect is not followed', async (t) => {
  let visits = 0
  const elsewhere = await serverThat(t, (_, response) => {
    visits += 1
    response.end('{}')
  })
  const address = await serverThat(t, (_, response) => response.writeHead(307, { location: elsewhere }).end())
  await assert.rejects(listed(connect({ address, token })), { name: 'Unreachable', reason: 'redirect' })
  assert.equal(visits, 0)
})

const silences: readonly { reason: string; answer: RequestListener; https?: boolean; hurry?: boolean }[] = [
  { reason: 'lost', answer: ({ socket }) => void socket.destroy() },
  {
    reason: 'lost',
    answer: ({ socket }, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{', () => socket.destroy())
    },
  },
  { reason: 'not-tls', answer: (_, response) => void response.end('{}'), https: true },
  { reason: 'timeout', answer: () => {}, hurry: true },
  { reason: 'timeout', answer: (_, response) => void response.writeHead(200).write('{'), hurry: true },
  { reason: 'no-such-api', answer: (_, response) => void response.end('<html>') },
  { reason: 'no-such-api', answer: (_, response) => void response.end('{"data":{}}') },
  { reason: 'no-such-api', answer: (_, response) => void response.end('{"data":[{"type":"users","id":"u"}]}') },
  {
    reason: 'no-such-api',
    answer: (_, response) => {
      const more = () => void response.write(' '.repeat(1_048_576), (error) => error ?? more())
      more()
    },
  },
]

test('a missing or foreign response is reported with its reason', async (t) => {
  for (const { reason, answer, https, hurry } of silences) {
    const address = await serverThat(t, answer)
    const client = connect({
      address: https ? address.replace('http:', 'https:') : address,
      token,
      ...(hurry ? { responseTimeoutMilliseconds: 50, totalTimeoutMilliseconds: 100 } : {}),
    })
    const error = await listed(client).catch((thrown) => thrown)
    assert.ok(error instanceof Unreachable, inspect(error))
    assert.equal(error.reason, reason, answer.toString())
  }
})

test('a refused connection and an unknown host have different reasons', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  await assert.rejects(listed(connect({ address: `http://127.0.0.1:${port}`, token })), {
    reason: 'connection-refused',
  })
  // RFC 6761 section 6.4: names below `invalid` never resolve.
  await assert.rejects(listed(connect({ address: 'https://mintmark.invalid', token })), { reason: 'unknown-host' })
})

test('an ID cannot change the path', async (t) => {
  const paths: (string | undefined)[] = []
  const address = await serverThat(t, ({ url }, response) => {
    paths.push(url)
    response.end('{"data":{"type":"tags","id":"x"}}')
  })
  const client = connect({ address, token })
  for (const tag of ['', '.', '..']) await assert.rejects(client.call(tags, 'show', { path: { tag } }), TypeError)
  await assert.rejects(client.call(tags, 'show'), TypeError)
  await client.call(tags, 'show', { path: { tag: '../users?x#y' } })
  assert.deepEqual(paths, ['/api/iacp/v3/tags/..%2Fusers%3Fx%23y'])
})

test('undeclared operations, filters and members do not compile', () => {
  // Never executed: the type check fails if one of these lines compiles.
  const tries = (client: Client) => [
    // @ts-expect-error a record is not a list
    client.all(accessTokens, 'show'),
    // @ts-expect-error it returns no document
    client.call(serviceAccounts, 'assume'),
    // @ts-expect-error it returns identifiers, not records
    client.call(accounts, 'listSsoBypassUsers'),
    // @ts-expect-error there is no such filter
    client.all(serviceAccounts, 'list', { filters: { nme: 'x' } }),
    // @ts-expect-error a name is text
    client.call(serviceAccounts, 'create', { input: { name: 3 } }),
    // @ts-expect-error the action has no such member
    client.call(accessTokens, 'rotate', { input: { overlp: 3 } }),
  ]
  assert.equal(typeof tries, 'function')
})
