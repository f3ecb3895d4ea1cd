/** The lifecycle of tokens: created, narrowed, deactivated with their owner, rotated, revoked. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, type Authority, document, machine, startAuthority } from '../../testing/kit.ts'
import { fixedWorld } from '../world.ts'

const start = '2030-01-01T00:00:00.000Z'
const later = (minutes: number) => new Date(Date.parse(start) + minutes * 60_000).toISOString()

async function mint({ call }: Authority, owner: string, attributes: object = {}, token?: string): Promise<Answer> {
  const path = owner.startsWith('sa-') ? `/service-accounts/${owner}/access-tokens` : '/access-tokens'
  return call('POST', path, { body: document('access-tokens', attributes), ...(token === undefined ? {} : { token }) })
}

const secretOf = ({ json }: Answer): string => json.data.attributes.token
const codeOf = ({ status, json }: Answer) => [status, json.errors?.[0].code]

describe('a token', () => {
  test('appears in the response that created it and nowhere else', async (t) => {
    const authority = await startAuthority(t)
    const { call } = authority
    const ci = await machine(authority, 'ci', {
      permissions: ['*:read'],
      scope: ['accounts', authority.prepared.account],
    })
    const minted = await mint(authority, ci.id, { name: 'cron', description: null, 'expires-in': 1440 })
    assert.equal(minted.status, 201)
    const { id, attributes } = minted.json.data
    assert.equal(attributes['expires-in'], 1440)
    assert.equal(Date.parse(attributes['expires-at']) - Date.parse(attributes['created-at']), 1440 * 60_000)
    for (const path of [
      `/access-tokens/${id}`,
      `/service-accounts/${ci.id}/access-tokens`,
      '/reports/access-tokens',
      '/audit-events',
    ]) {
      const answer = await call('GET', path)
      assert.equal(answer.status, 200)
      assert.ok(!answer.text.includes(attributes.token), path)
      assert.ok(!answer.text.includes('"token":'), path)
    }
    const renamed = await call('PATCH', `/access-tokens/${id}`, {
      body: document('access-tokens', { name: 'other', 'expires-in': 5, token: 'x' }),
    })
    assert.deepEqual([renamed.json.data.attributes.name, renamed.json.data.attributes['expires-in']], ['other', 1440])
    assert.equal('token' in renamed.json.data.attributes, false)
  })

  test('is found in the report by its expiry', async (t) => {
    const world = fixedWorld(start)
    const authority = await startAuthority(t, { world })
    const ci = await machine(authority, 'ci')
    for (const [name, minutes] of Object.entries({ before: 10, within: 20, after: 30 }))
      await mint(authority, ci.id, { name, 'expires-in': minutes })
    const query = `filter[expires-after]=${later(20)}&filter[expires-before]=${later(30)}`
    const { data } = (await authority.call('GET', `/reports/access-tokens?${query}`)).json
    assert.deepEqual(
      data.map(({ attributes }: { attributes: { name: string } }) => attributes.name),
      ['within'],
    )
  })

  test('is found in the report by owner, account and expiration status', async (t) => {
    const world = fixedWorld(start)
    const authority = await startAuthority(t, { world })
    const { call, prepared } = authority
    const ci = await machine(authority, 'ci', { permissions: ['*:read'], scope: ['accounts', prepared.account] })
    const brief = (await mint(authority, ci.id, { name: 'brief', 'expires-in': 1 })).json.data.id as string
    world.set(later(1))
    const listed = async (query: string) => {
      const answer = await call('GET', `/reports/access-tokens?${query}`)
      assert.equal(answer.status, 200, answer.text)
      return answer.json.data
    }
    const [row, ...more] = await listed(`filter[access-token]=${brief}`)
    assert.deepEqual([row.id, row.attributes['owner-id'], more.length], [brief, ci.id, 0])
    assert.deepEqual(
      (await listed('filter[is-expired]=true')).map(({ id }: { id: string }) => id),
      [brief],
    )
    assert.equal((await listed('filter[is-expired]=false')).length, 2)
    assert.equal((await listed(`filter[owner-id]=${ci.id}`)).length, 2)
    assert.equal((await listed(`filter[account]=${prepared.account}`)).length, 3)
    assert.equal((await listed('filter[account]=acc-none')).length, 0)
  })

  test('that is no longer valid gives its holder the reason, and callers without it no information', async (t) => {
    const world = fixedWorld(start)
    const authority = await startAuthority(t, { world, invalidTokensPerMinute: 1_000 })
    const { call } = authority
    const ci = await machine(authority, 'ci', {
      permissions: ['*:read'],
      scope: ['accounts', authority.prepared.account],
    })
    const short = secretOf(await mint(authority, ci.id, { 'expires-in': 1 }))
    assert.equal((await call('GET', '/ping', { token: short })).status, 200)
    world.set(later(1))
    assert.deepEqual(codeOf(await call('GET', '/ping', { token: short })), [401, 'token-expired'])
    const [list] = (await call('GET', `/service-accounts/${ci.id}/access-tokens?filter[is-expired]=true`)).json.data
    assert.equal(list.attributes['is-expired'], true)

    await call('PATCH', `/service-accounts/${ci.id}`, { body: document('service-accounts', { status: 'Inactive' }) })
    assert.deepEqual(codeOf(await call('GET', '/ping', { token: ci.token })), [401, 'owner-inactive'])
    await call('PATCH', `/service-accounts/${ci.id}`, { body: document('service-accounts', { status: 'Active' }) })
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)

    await call('PATCH', `/accounts/${authority.prepared.account}`, {
      body: document('accounts', { 'allowed-ips': ['192.0.2.0/24'] }),
    })
    assert.deepEqual(codeOf(await call('GET', '/ping', { token: ci.token, remoteAddress: '198.51.100.7' })), [
      401,
      'not-from-this-network',
    ])
    assert.equal((await call('GET', '/ping', { token: ci.token, remoteAddress: '192.0.2.200' })).status, 200)
    assert.equal((await call('GET', '/ping', { token: ci.token, remoteAddress: '127.0.0.1' })).status, 200)

    await call('DELETE', `/service-accounts/${ci.id}`)
    assert.deepEqual(codeOf(await call('GET', '/ping', { token: ci.token })), [401, 'token-revoked'])

    const forged = `${ci.token.slice(0, -1)}${ci.token.endsWith('A') ? 'E' : 'A'}`
    for (const guess of [forged, 'x', `${ci.token}x`]) {
      const refused = await call('GET', '/ping', { token: guess })
      assert.deepEqual(codeOf(refused), [401, 'invalid-token'])
      assert.equal(refused.json.errors[0].detail, 'The token is not valid.')
    }
  })

  test('shows when it was last used, and a refusal of its holder is audited with its last characters', async (t) => {
    const authority = await startAuthority(t)
    const { call, app } = authority
    const ci = await machine(authority, 'ci', {
      permissions: ['*:read'],
      scope: ['accounts', authority.prepared.account],
    })
    const [before] = (await call('GET', `/service-accounts/${ci.id}/access-tokens`)).json.data
    assert.equal(before.attributes['last-used-at'], null)
    await call('GET', '/teams', { token: ci.token })
    for (let times = 0; times < 3; times++)
      await call('POST', '/tags', { token: ci.token, body: document('tags', { name: 'no' }) })
    await app.flush()
    const [used] = (await call('GET', `/service-accounts/${ci.id}/access-tokens`)).json.data
    assert.match(used.attributes['last-used-at'], /Z$/)
    const [event, ...more] = (
      await call('GET', `/audit-events?filter[action]=access-tokens.refused&filter[token-id]=${before.id}`)
    ).json.data
    assert.deepEqual(more, [])
    assert.deepEqual(
      [event.attributes.times, event.attributes.after, event.attributes['token-last-characters']],
      [3, { reason: 'forbidden', permission: 'tags:create' }, ci.token.slice(-6)],
    )
  })

  test('cannot exceed the security rules', async (t) => {
    const authority = await startAuthority(t)
    const { call } = authority
    const ci = await machine(authority, 'ci')
    const rules = (attributes: object) =>
      call('PATCH', '/security-rules', { body: document('security-rules', attributes) })
    assert.equal((await rules({ 'max-personal-token-lifetime': 525_601 })).status, 422)
    assert.equal(
      (await rules({ 'max-personal-token-lifetime': 60, 'max-service-account-token-lifetime': 120 })).status,
      200,
    )
    for (const [owner, most] of [
      [authority.prepared.user, 60],
      [ci.id, 120],
    ] as const) {
      for (const wrong of [null, undefined, most + 1]) {
        const refused = await mint(authority, owner, wrong === undefined ? {} : { 'expires-in': wrong })
        assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/expires-in'])
      }
      assert.equal((await mint(authority, owner, { 'expires-in': most })).status, 201)
    }
    await rules({ 'require-owners-for-service-accounts': true })
    const refused = await call('POST', '/service-accounts', {
      body: document('service-accounts', { name: 'unowned' }, { owners: [] }),
    })
    assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/relationships/owners'])
    const cleared = await call('PATCH', `/service-accounts/${ci.id}`, {
      body: document('service-accounts', {}, { owners: [] }),
    })
    assert.equal(cleared.status, 422)
  })

  test('can be narrower than its owner, and never wider', async (t) => {
    const authority = await startAuthority(t)
    const { call, prepared } = authority
    const environment = (
      await call('POST', '/environments', { body: document('environments', { name: 'production' }) })
    ).json.data.id
    const other = (await call('POST', '/environments', { body: document('environments', { name: 'staging' }) })).json
      .data.id
    const narrowed = await mint(authority, prepared.user, {
      permissions: ['environments:read', 'access-tokens:*'],
      scopes: [environment],
    })
    assert.equal(narrowed.status, 201, narrowed.text)
    const token = secretOf(narrowed)
    assert.equal((await call('GET', `/environments/${environment}`, { token })).status, 200)
    assert.equal((await call('GET', `/environments/${other}`, { token })).status, 404)
    assert.deepEqual(
      (await call('GET', '/environments', { token })).json.data.map(({ id }: { id: string }) => id),
      [environment],
    )
    assert.equal(
      (await call('PATCH', `/environments/${environment}`, { token, body: document('environments', { name: 'x' }) }))
        .status,
      403,
    )
    assert.equal((await call('GET', '/teams', { token })).status, 403)
    // A narrowed token sees only itself, and creates no token with more rights.
    assert.deepEqual(
      (await call('GET', '/access-tokens', { token })).json.data.map(({ id }: { id: string }) => id),
      [narrowed.json.data.id],
    )
    assert.equal((await mint(authority, prepared.user, {}, token)).json.errors[0].code, 'grants-more-than-held')
    assert.equal(
      (await mint(authority, prepared.user, { permissions: ['environments:read'], scopes: [prepared.account] }, token))
        .status,
      403,
    )
    assert.equal(
      (await mint(authority, prepared.user, { permissions: ['environments:read'], scopes: [environment] }, token))
        .status,
      201,
    )
    for (const [wider, pointer] of [
      [{ permissions: ['no:such'] }, 'permissions/0'],
      [{ scopes: [environment, 'env-nowhere'] }, 'scopes/1'],
    ] as const) {
      const refused = await mint(authority, prepared.user, wider)
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, `/data/attributes/${pointer}`])
    }
  })
})

describe('rotation', () => {
  const rotate = ({ call }: Authority, token: string, id = 'self', body: object = {}, key?: string) =>
    call('POST', `/access-tokens/${id}/actions/rotate`, {
      token,
      body,
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    })

  async function rotating(t: Parameters<typeof startAuthority>[0]) {
    const world = fixedWorld(start)
    const authority = await startAuthority(t, { world })
    const ci = await machine(authority, 'ci')
    const first = await mint(authority, ci.id, { name: 'cron', description: 'Nightly.', 'expires-in': 10_000 })
    return {
      world,
      authority,
      call: authority.call,
      ci,
      first,
      id: first.json.data.id as string,
      token: secretOf(first),
    }
  }

  test('of the calling token needs no permission: the successor has the same owner, name, description and lifetime', async (t) => {
    const { world, authority, call, id, token } = await rotating(t)
    const answer = await rotate(authority, token)
    assert.equal(answer.status, 201, answer.text)
    const { attributes, relationships } = answer.json.data
    assert.partialDeepStrictEqual(attributes, {
      name: 'cron',
      description: 'Nightly.',
      'expires-in': 10_000,
      family: id,
    })
    assert.equal(relationships.predecessor.data.id, id)
    const old = (await call('GET', '/access-tokens/self', { token })).json.data
    assert.deepEqual([old.id, old.relationships.successor.data.id], [id, answer.json.data.id])
    assert.equal(old.attributes['expires-at'], later(1440))
    assert.equal(old.attributes['expires-in'], 10_000)
    world.set(later(1439))
    assert.equal((await call('GET', '/ping', { token })).status, 200)
    world.set(later(1440))
    assert.deepEqual(codeOf(await call('GET', '/ping', { token })), [401, 'token-expired'])
    assert.equal((await call('GET', '/ping', { token: secretOf(answer) })).status, 200)
  })

  test('overlap 0 revokes the old token immediately, and an overlap never extends its expiry', async (t) => {
    const { authority, call, ci, token } = await rotating(t)
    const successor = secretOf(await rotate(authority, token, 'self', { overlap: 0 }))
    assert.deepEqual(codeOf(await call('GET', '/ping', { token })), [401, 'token-revoked'])
    assert.equal((await call('GET', '/ping', { token: successor })).status, 200)
    const short = await mint(authority, ci.id, { 'expires-in': 5 })
    await rotate(authority, secretOf(short), 'self', { overlap: 43_200 })
    assert.equal(
      (await call('GET', `/access-tokens/${short.json.data.id}`)).json.data.attributes['expires-at'],
      later(5),
    )
    for (const overlap of [-1, 43_201, 1.5, '5']) {
      const refused = await rotate(authority, successor, 'self', { overlap })
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/overlap'])
    }
  })

  test('repeated with its Idempotency-Key while unused creates a new successor and revokes the lost one', async (t) => {
    const { authority, call, token, id } = await rotating(t)
    const lost = await rotate(authority, token, 'self', {}, 'once')
    const fresh = await rotate(authority, token, 'self', {}, 'once')
    assert.equal(fresh.status, 201, fresh.text)
    assert.notEqual(fresh.json.data.id, lost.json.data.id)
    assert.deepEqual(codeOf(await call('GET', '/ping', { token: secretOf(lost) })), [401, 'token-revoked'])
    assert.equal((await rotate(authority, token, 'self', {}, 'other')).status, 409)
    assert.equal((await rotate(authority, token)).status, 409)
    assert.equal((await call('GET', '/ping', { token: secretOf(fresh) })).status, 200)
    // Counts as used even before the use is written.
    assert.equal((await rotate(authority, token, 'self', {}, 'once')).status, 409)
    assert.equal((await call('GET', '/ping', { token: secretOf(fresh) })).status, 200)
    const family = await call(
      'GET',
      `/service-accounts/${(await call('GET', '/service-accounts?filter[name]=ci')).json.data[0].id}/access-tokens?filter[family]=${id}`,
    )
    assert.equal(family.json.data.length, 2)
  })

  test('of another token requires the permission and all rights of its owner', async (t) => {
    const { authority, call, id } = await rotating(t)
    assert.equal((await rotate(authority, authority.prepared.token, id)).status, 201)
    const strong = await machine(authority, 'strong', {
      permissions: ['*:*'],
      scope: ['accounts', authority.prepared.account],
    })
    const keeper = await machine(authority, 'keeper', {
      permissions: ['service-accounts:*'],
      scope: ['accounts', authority.prepared.account],
    })
    const [target] = (await call('GET', `/service-accounts/${strong.id}/access-tokens`)).json.data
    assert.deepEqual(codeOf(await rotate(authority, keeper.token, target.id)), [403, 'grants-more-than-held'])
    const reader = await machine(authority, 'reader', {
      permissions: ['*:read'],
      scope: ['accounts', authority.prepared.account],
    })
    assert.equal((await rotate(authority, reader.token, target.id)).status, 403)
  })

  test('is not prevented by a later rule or a deleted scope', async (t) => {
    const { authority, call, token } = await rotating(t)
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-service-account-token-lifetime': 100 }),
    })
    assert.equal((await rotate(authority, token)).json.data.attributes['expires-in'], 100)
    const environment = (await call('POST', '/environments', { body: document('environments', { name: 'gone' }) })).json
      .data.id
    const scoped = secretOf(await mint(authority, authority.prepared.user, { scopes: [environment] }))
    await call('DELETE', `/environments/${environment}`)
    const successor = await rotate(authority, scoped)
    assert.deepEqual(successor.json.data.attributes.scopes, [environment])
    assert.equal((await call('GET', '/environments', { token: secretOf(successor) })).status, 403)
  })

  test('can give a token without expiry one, within the rules', async (t) => {
    const { authority, call, ci } = await rotating(t)
    const endless = secretOf(await mint(authority, ci.id, { name: 'endless' }))
    await call('PATCH', '/security-rules', {
      body: document('security-rules', { 'max-service-account-token-lifetime': 100 }),
    })
    const refused = await rotate(authority, endless, 'self', { 'expires-in': 101 })
    assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/expires-in'])
    const { attributes } = (await rotate(authority, endless, 'self', { 'expires-in': 50 })).json.data
    assert.deepEqual([attributes['expires-in'], attributes['expires-at']], [50, later(50)])
  })

  test('is audited as rotated and as revoked if it is rotated without overlap', async (t) => {
    const { authority, call, id, token } = await rotating(t)
    assert.equal((await rotate(authority, token, id, { overlap: 0 })).status, 201)
    const events = (await call('GET', `/audit-events?filter[subject-id]=${id}`)).json.data
    const rotated = events.find(({ attributes }: { attributes: { action: string } }) =>
      attributes.action.endsWith('rotated'),
    )
    assert.deepEqual([rotated?.attributes.before, rotated?.attributes.after.revoked], [null, true])
    assert.ok(
      events.some(({ attributes }: { attributes: { action: string } }) => attributes.action.endsWith('deleted')),
    )
  })

  test('self refers to the calling token in GET, PATCH and DELETE', async (t) => {
    const { call, id, token } = await rotating(t)
    assert.equal((await call('GET', '/access-tokens/self', { token })).json.data.id, id)
    assert.equal(
      (await call('PATCH', '/access-tokens/self', { token, body: document('access-tokens', { name: 'me' }) })).json.data
        .attributes.name,
      'me',
    )
    assert.equal((await call('DELETE', '/access-tokens/self', { token })).status, 204)
    assert.deepEqual(codeOf(await call('GET', '/ping', { token })), [401, 'token-revoked'])
  })
})
