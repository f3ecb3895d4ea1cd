/** Tokens created by tokens: none lives longer or has more rights than its creator. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, type Authority, document, machine, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { fixedWorld } from '../world.ts'

const start = '2030-01-01T00:00:00.000Z'
const later = (minutes: number) => new Date(Date.parse(start) + minutes * 60_000).toISOString()
type Test = Parameters<typeof startAuthority>[0]

async function setUp(t: Test, store?: { url: string }) {
  const world = fixedWorld(start)
  const authority = await startAuthority(t, { world, ...(store ? { store } : {}) })
  const { call, prepared } = authority
  const pool = (await call('POST', '/agent-pools', { body: document('agent-pools', { name: 'agents' }) })).json.data.id
  const ci = await machine(authority, 'ci', { permissions: ['*:*'], scope: ['accounts', prepared.account] })
  const paths = {
    user: '/access-tokens',
    'service account': `/service-accounts/${ci.id}/access-tokens`,
    'agent pool': `/agent-pools/${pool}/access-tokens`,
  }
  type Owner = keyof typeof paths
  const create = (owner: Owner, attributes: object = {}, token?: string): Promise<Answer> =>
    call('POST', paths[owner], {
      body: document('access-tokens', attributes),
      ...(token === undefined ? {} : { token }),
    })
  return { world, authority, call, prepared, ci, create, owners: Object.keys(paths) as Owner[] }
}

const rotate = ({ call }: Authority, token: string, id = 'self', body: object = {}): Promise<Answer> =>
  call('POST', `/access-tokens/${id}/actions/rotate`, {
    token,
    body,
    headers: { 'content-type': 'application/json' },
  })

const secretOf = ({ json, text }: Answer): string => {
  assert.ok(json.data?.attributes.token, text)
  return json.data.attributes.token
}
const attributesOf = ({ json, text }: Answer) => {
  assert.ok(json.data, text)
  return json.data.attributes
}
const refusedAt = ({ status, json }: Answer) => [status, json.errors?.[0].source?.pointer]

describe('a token created by a token', () => {
  test('has it as its parent, even after rotation by another token', async (t) => {
    const { authority, call, create } = await setUp(t)
    const own = (await call('GET', '/access-tokens/self')).json.data
    assert.equal(own.relationships.parent.data, null)
    const made = await create('service account', { name: 'child' })
    assert.deepEqual(made.json.data.relationships.parent.data, { type: 'access-tokens', id: own.id })
    const other = await create('user', { name: 'other' })
    const rotated = await rotate(authority, secretOf(other), made.json.data.id)
    assert.equal(rotated.json.data.relationships.parent.data.id, other.json.data.id, rotated.text)
  })

  for (const owner of ['user', 'service account', 'agent pool'] as const)
    test(`of a ${owner} never outlives a parent that expires`, async (t) => {
      const { world, create } = await setUp(t)
      const parent = secretOf(await create('user', { 'expires-in': 60 }))
      world.set(later(10.5))
      for (const wrong of [{}, { 'expires-in': null }, { 'expires-in': 50 }, { 'expires-in': 525_600 }])
        assert.deepEqual(refusedAt(await create(owner, wrong, parent)), [422, '/data/attributes/expires-in'])
      const child = attributesOf(await create(owner, { 'expires-in': 49 }, parent))
      assert.deepEqual([child['expires-at'], child['renewable-until']], [later(59.5), later(60)])
    })

  test('of a parent without expiry may live as long as the rules allow', async (t) => {
    const { create, owners } = await setUp(t)
    for (const owner of owners)
      for (const expiresIn of [null, 525_600]) {
        const child = attributesOf(await create(owner, { 'expires-in': expiresIn }))
        assert.deepEqual([child['expires-in'], child['renewable-until']], [expiresIn, null])
      }
  })

  test('never outlives its parent by rotating itself', async (t) => {
    const { world, authority, create } = await setUp(t)
    const parent = secretOf(await create('user', { 'expires-in': 60 }))
    let token = secretOf(await create('service account', { 'expires-in': 30 }, parent))
    for (const [minutes, end] of [
      [20, 50],
      [40, 60],
      [59, 60],
    ] as const) {
      world.set(later(minutes))
      const rotated = await rotate(authority, token, 'self', { overlap: 0 })
      assert.equal(attributesOf(rotated)['expires-at'], later(end), rotated.text)
      assert.equal(attributesOf(rotated)['renewable-until'], later(60))
      token = secretOf(rotated)
    }
  })

  test("gets a new bound from another caller who may create tokens, never beyond the caller's own expiry", async (t) => {
    const { world, authority, create } = await setUp(t)
    const parent = secretOf(await create('user', { 'expires-in': 60 }))
    const make = async () => (await create('service account', { 'expires-in': 30 }, parent)).json.data.id as string
    const [one, two, three] = [await make(), await make(), await make()]
    const longer = secretOf(await create('user', { 'expires-in': 100 }))
    world.set(later(50))
    const freed = attributesOf(await rotate(authority, authority.prepared.token, one, { 'expires-in': 5_000 }))
    assert.deepEqual([freed['expires-at'], freed['renewable-until']], [later(5_050), null])
    const moved = attributesOf(await rotate(authority, longer, two))
    assert.deepEqual([moved['expires-at'], moved['renewable-until']], [later(80), later(100)])
    assert.deepEqual(refusedAt(await rotate(authority, longer, three, { 'expires-in': 51 })), [422, '/expires-in'])
    const short = secretOf(await create('user', { 'expires-in': 5 }))
    assert.equal(attributesOf(await rotate(authority, short, three))['expires-at'], later(55))
  })

  test('of a narrowed parent is narrowed at least as much, even if its owner has few rights today', async (t) => {
    const { authority, call, create, prepared } = await setUp(t)
    const environment = (await call('POST', '/environments', { body: document('environments', { name: 'one' }) })).json
      .data.id
    const bare = await machine(authority, 'bare')
    const narrowing = { permissions: ['service-accounts:*', 'teams:read'], scopes: [prepared.account] }
    const parent = secretOf(await create('user', narrowing))
    const path = `/service-accounts/${bare.id}/access-tokens`
    const cases: [attributes: object, status: number][] = [
      [{}, 403],
      [{ permissions: ['teams:read'] }, 403],
      [{ scopes: [prepared.account] }, 403],
      [{ permissions: ['teams:*'], scopes: [prepared.account] }, 403],
      [{ permissions: ['teams:update'], scopes: [prepared.account] }, 403],
      [narrowing, 201],
      [{ permissions: ['service-accounts:read', 'teams:read'], scopes: [prepared.account] }, 201],
      [{ permissions: ['teams:read'], scopes: [environment] }, 201],
      [{ permissions: [], scopes: [] }, 201],
    ]
    for (const [attributes, status] of cases) {
      const made = await call('POST', path, { token: parent, body: document('access-tokens', attributes) })
      assert.equal(made.status, status, `${JSON.stringify(attributes)} ${made.text}`)
      if (status === 403) assert.equal(made.json.errors[0].code, 'grants-more-than-held')
    }
    const tokens: { id: string; attributes: { name: string | null } }[] = (await call('GET', path)).json.data
    const first = tokens.find(({ attributes }) => attributes.name === 'test') ?? assert.fail()
    assert.partialDeepStrictEqual(first.attributes, { permissions: null })
    const rotated = await rotate(authority, parent, first.id)
    assert.deepEqual([rotated.status, rotated.json.errors?.[0].code], [403, 'grants-more-than-held'])
  })
})

describe('rotation', () => {
  test('never extends the lifetime of the token, unless the caller may create such a token', async (t) => {
    const { authority, call, create, prepared } = await setUp(t)
    const weak = await machine(authority, 'weak')
    const make = async (expiresIn: number | null) =>
      call('POST', `/service-accounts/${weak.id}/access-tokens`, {
        body: document('access-tokens', { 'expires-in': expiresIn }),
      })
    const one = await make(1)
    for (const expiresIn of [2, 525_600])
      assert.deepEqual(refusedAt(await rotate(authority, secretOf(one), 'self', { 'expires-in': expiresIn })), [
        422,
        '/expires-in',
      ])
    assert.equal(attributesOf(await rotate(authority, secretOf(one), 'self', { 'expires-in': 1 }))['expires-in'], 1)
    const strong = await create('user', { 'expires-in': 1 })
    assert.deepEqual(refusedAt(await rotate(authority, secretOf(strong), 'self', { 'expires-in': 2 })), [
      422,
      '/expires-in',
    ])
    const other = await make(1)
    const longer = await rotate(authority, prepared.token, other.json.data.id, { 'expires-in': 525_600 })
    assert.equal(attributesOf(longer)['expires-in'], 525_600)
    const endless = await make(null)
    assert.equal(attributesOf(await rotate(authority, secretOf(endless)))['expires-in'], null)
  })

  test("of another user's token does not extend its lifetime or bound, because only that user may create it", async (t) => {
    const { world, authority, call, prepared } = await setUp(t)
    const invited = await call('POST', '/users', { body: document('users', { email: 'ada@mintmark.internal' }) })
    const userId = invited.json.data.id as string
    await authority.database.withoutTransaction(async (db) => {
      const membership = { id: 'one', accountId: prepared.account, userId, createdAt: start }
      await db.insertInto('accountUsers').values(membership).execute()
      for (const id of ['at-one', 'at-two']) await db.insertInto('accessTokens').values(personal(id, userId)).execute()
    })
    const longer = await rotate(authority, prepared.token, 'at-one', { 'expires-in': 11 })
    assert.deepEqual(refusedAt(longer), [422, '/expires-in'], longer.text)
    world.set(later(25))
    const rotated = attributesOf(await rotate(authority, prepared.token, 'at-two'))
    assert.deepEqual([rotated['expires-at'], rotated['renewable-until']], [later(30), later(30)])
  })

  for (const database of ['SQLite', 'PostgreSQL'])
    test(`of a leaked token requires another caller, and sends a notification (${database})`, async (t) => {
      const store = database === 'PostgreSQL' ? { url: await temporaryPostgres(t) } : undefined
      const { authority, call, create } = await setUp(t, store)
      await call('PATCH', '/leak-rules', { body: document('leak-rules', { private: 'notify', public: 'rotate' }) })
      const made = await create('service account', { 'expires-in': 10_000 })
      const [id, leaked] = [made.json.data.id as string, secretOf(made)]
      const child = secretOf(await create('service account', { 'expires-in': 9_000 }, leaked))
      const grandchild = secretOf(await create('service account', { 'expires-in': 8_000 }, child))
      await reportAsLeaked(authority, id)
      for (const thief of [leaked, child, grandchild]) {
        const refused = await rotate(authority, thief, thief === leaked ? 'self' : id, { overlap: 0 })
        assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'forbidden'], refused.text)
      }
      assert.equal((await call('GET', '/ping', { token: leaked })).status, 200)
      const rotated = await rotate(authority, authority.prepared.token, id, { overlap: 0 })
      assert.equal(rotated.status, 201, rotated.text)
      const [notification, ...more] = (await call('GET', '/notifications?filter[kind]=leaked-token.rotated')).json.data
      assert.deepEqual(more, [])
      assert.equal(notification.attributes['subject-id'], id)
      assert.equal(notification.attributes.data.successor, rotated.json.data.id)
      assert.ok(!JSON.stringify(notification).includes(secretOf(rotated)))
      // The successor is not reported: its job can still rotate it.
      assert.equal((await rotate(authority, secretOf(rotated))).status, 201)
    })
})

describe('containing a leaked token', () => {
  const contain = ({ call }: Authority, what: string) =>
    call('POST', '/leak-reports/leak-one/actions/contain', {
      body: { what },
      headers: { 'content-type': 'application/json' },
    })

  for (const database of ['SQLite', 'PostgreSQL'])
    for (const [what, ends] of Object.entries({
      token: ['leaked'],
      family: ['leaked', 'child', 'grandchild', 'rotated by it', 'of an agent pool'],
      network: ['leaked', 'child', 'grandchild', 'rotated by it', 'of an agent pool'],
      owner: ['leaked', 'child', 'grandchild', 'rotated by it', 'of an agent pool', 'of the same owner'],
    })) {
      if (database === 'PostgreSQL' && what !== 'network') continue
      test(`by ${what} revokes ${ends.length} of seven tokens, and the report lists the created tokens (${database})`, async (t) => {
        const store = database === 'PostgreSQL' ? { url: await temporaryPostgres(t) } : undefined
        const { authority, call, create } = await setUp(t, store)
        const other = await machine(authority, 'other', {
          permissions: ['tags:read'],
          scope: ['accounts', authority.prepared.account],
        })
        const ofOther = await call('POST', `/service-accounts/${other.id}/access-tokens`, {
          body: document('access-tokens'),
        })
        const leaked = await create('service account', { name: 'leaked' })
        const child = await create('service account', { name: 'child' }, secretOf(leaked))
        const tokens: Record<string, Answer> = {
          leaked,
          child,
          grandchild: await create('service account', { name: 'grandchild' }, secretOf(child)),
          'rotated by it': await rotate(authority, secretOf(leaked), ofOther.json.data.id),
          'of an agent pool': await create('agent pool', {}, secretOf(leaked)),
          'of the same owner': await create('service account', { name: 'of the same owner' }),
          'of another owner': await create('user'),
        }
        await reportAsLeaked(authority, leaked.json.data.id)
        const [report] = (await call('GET', '/leak-reports')).json.data
        const named = (names: readonly string[]) => names.flatMap((name) => tokens[name]?.json.data.id ?? []).toSorted()
        assert.deepEqual(
          report.attributes.siblings.map(({ token }: { token: string }) => token).toSorted(),
          named(['child', 'grandchild', 'rotated by it', 'of an agent pool']),
        )
        assert.equal((await contain(authority, what)).status, 200)
        const ended = await Promise.all(
          Object.values(tokens).map(async (each) =>
            (await call('GET', '/ping', { token: secretOf(each) })).status === 401 ? each.json.data.id : [],
          ),
        )
        assert.deepEqual(ended.flat().toSorted(), named(ends))
      })
    }
})

test('containing a leaked token deletes the assume policies that it or its created tokens wrote', async (t) => {
  const { authority, call, create, ci } = await setUp(t)
  const leaked = await create('service account')
  const child = await create('service account', {}, secretOf(leaked))
  const provider = await call('POST', '/workload-identity-providers', {
    body: document('workload-identity-providers', {
      name: 'p',
      url: 'https://issuer.mintmark.internal',
      'allowed-audiences': ['a'],
    }),
  })
  const policy = async (name: string, token?: string) => {
    const made = await call('POST', `/service-accounts/${ci.id}/assume-policies`, {
      body: document(
        'assume-service-account-policies',
        { name, 'claim-conditions': [{ claim: 'sub', value: 'x' }] },
        { provider: ['workload-identity-providers', provider.json.data.id] },
      ),
      ...(token === undefined ? {} : { token }),
    })
    assert.equal(made.status, 201, made.text)
    return made.json.data.id as string
  }
  await policy('by the leaked one', secretOf(leaked))
  await policy('by its child', secretOf(child))
  const kept = await policy('by the owner')
  const rotated = await rotate(authority, secretOf(child), 'self', { overlap: 0 })
  assert.equal(rotated.status, 201, 'the child is revoked')
  await reportAsLeaked(authority, leaked.json.data.id)
  const contained = await call('POST', '/leak-reports/leak-one/actions/contain', {
    body: { what: 'family' },
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(contained.status, 200, contained.text)
  const left = await call('GET', `/workload-identity-providers/${provider.json.data.id}`)
  const policies = left.json.data.relationships['assume-service-account-policies'].data
  assert.deepEqual(policies, [{ type: 'assume-service-account-policies', id: kept }])
})

test('containing by network also revokes tokens created by another token from that network', async (t) => {
  const { world, authority, call, create } = await setUp(t)
  const leaked = await create('service account')
  const sibling = await create('service account')
  await reportAsLeaked(authority, leaked.json.data.id)
  world.set(later(1))
  for (const token of [leaked, sibling])
    await call('GET', '/ping', { token: secretOf(token), remoteAddress: '198.51.100.7' })
  const child = await create('agent pool', {}, secretOf(sibling))
  await authority.app.flush()
  const contained = await call('POST', '/leak-reports/leak-one/actions/contain', {
    body: { what: 'network' },
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(contained.status, 200, contained.text)
  for (const token of [leaked, sibling, child])
    assert.equal((await call('GET', '/ping', { token: secretOf(token) })).status, 401)
})

/** With a lifetime of ten minutes, renewable for half an hour. */
function personal(id: string, userId: string) {
  return {
    id,
    hash: Buffer.from(id),
    generation: 1,
    lastCharacters: 'abcdef',
    ownerKind: 'user',
    ownerId: userId,
    accountId: null,
    name: id,
    description: null,
    permissions: null,
    scopes: null,
    expiresIn: 10,
    createdAt: start,
    expiresAt: later(10),
    createdById: userId,
    lastUsedAt: null,
    family: id,
    predecessorId: null,
    rotationKey: null,
    revokedAt: null,
    parentId: null,
    renewableUntil: later(30),
    assumePolicyId: null,
  }
}

/** A report that leaves the token valid, as the rules of an account may require. */
async function reportAsLeaked({ database, prepared }: Authority, tokenId: string): Promise<void> {
  await database.withoutTransaction((db) =>
    db
      .insertInto('leakReports')
      .values({
        id: 'leak-one',
        accountId: prepared.account,
        tokenId,
        source: 'github-alert',
        locationKey: 'one',
        locationKind: 'private',
        repository: 'org/repo',
        path: null,
        line: null,
        commitId: null,
        url: null,
        actionTaken: 'notified',
        committedAt: null,
        firstSeenAt: start,
        lastSeenAt: start,
        times: 1,
        locations: 1,
        otherLocations: null,
        assigneeId: null,
        resolution: null,
        resolvedAt: null,
        noteCount: 0,
      })
      .execute(),
  )
}
