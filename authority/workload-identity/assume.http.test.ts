/** Workload identity end to end: real OIDC tokens, verified against the keys of a test issuer. */
import assert from 'node:assert/strict'
import http, { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { type Answer, type Authority, document, grant, machine, startAuthority } from '../../testing/kit.ts'
import { applyRetention } from '../jobs/retention.ts'
import { fixedWorld } from '../world.ts'

const issuer = 'https://ci.mintmark.internal/tenant'
const start = '2030-01-01T00:00:00.000Z'
const keys: Record<string, Awaited<ReturnType<typeof generateKeyPair>>> = {}

before(async () => {
  for (const kid of ['one', 'two']) keys[kid] = await generateKeyPair('ES256', { extractable: true })
})

interface Issuer {
  /** The IDs of the published keys. */
  published: string[]
  broken: 'no' | 'unreachable' | 'huge' | 'other issuer' | 'insecure' | 'no keys'
  fetched: number
}

async function setUp(t: Parameters<typeof startAuthority>[0], policy: object = {}, invalidTokensPerMinute = 1_000) {
  const world = fixedWorld(start)
  const state: Issuer = { published: ['one'], broken: 'no', fetched: 0 }
  const fetch = async (url: string): Promise<Response> => {
    state.fetched += 1
    if (state.broken === 'unreachable') throw new TypeError('fetch failed')
    if (state.broken === 'huge') return new Response('x'.repeat(300_000))
    if (url === `${issuer}/.well-known/openid-configuration`) {
      const jwks = state.broken === 'insecure' ? 'http://ci.mintmark.internal/keys' : `${issuer}/keys`
      return Response.json({
        issuer: state.broken === 'other issuer' ? 'https://else.mintmark.internal' : issuer,
        jwks_uri: jwks,
      })
    }
    if (state.broken === 'no keys') return Response.json({ keys: 'none' })
    const published = state.published.map(async (kid) => ({
      ...(await exportJWK(keys[kid]?.publicKey as CryptoKey)),
      kid,
      alg: 'ES256',
      use: 'sig',
    }))
    return Response.json({ keys: await Promise.all(published) })
  }
  const authority = await startAuthority(t, { world, fetch, invalidTokensPerMinute })
  const ci = await machine(authority, 'ci', {
    permissions: ['teams:read'],
    scope: ['accounts', authority.prepared.account],
  })
  const provider = (
    await authority.call('POST', '/workload-identity-providers', {
      body: document('workload-identity-providers', {
        name: 'CI',
        url: issuer,
        'allowed-audiences': ['mintmark', 'other'],
      }),
    })
  ).json.data
  assert.equal(provider.attributes.status, 'pending')
  const made = await authority.call('POST', `/service-accounts/${ci.id}/assume-policies`, {
    body: document(
      'assume-service-account-policies',
      { name: 'main', 'claim-conditions': [{ claim: 'sub', value: 'repo:one' }], ...policy },
      { provider: ['workload-identity-providers', provider.id] },
    ),
  })
  assert.equal(made.status, 201, made.text)
  assert.equal(
    made.json.data.attributes['claim-conditions'][0].operator ?? 'eq',
    made.json.data.attributes['claim-conditions'][0].operator,
  )
  const status = async () =>
    (await authority.call('GET', `/workload-identity-providers/${provider.id}`)).json.data.attributes.status
  const assume = (idToken: string, more: object = {}, email = ci.email): Promise<Answer> =>
    authority.call('POST', '/service-accounts/assume', {
      token: null,
      headers: { 'content-type': 'application/json' },
      body: { 'id-token': idToken, 'service-account-email': email, ...more },
    })
  return {
    authority,
    world,
    state,
    ci,
    assume,
    status,
    policyId: made.json.data.id as string,
    providerId: provider.id as string,
  }
}

/** Everything about service accounts and the workloads that may assume them. */
const trusting = ({ prepared }: Authority) => ({
  permissions: ['service-accounts:*', 'workload-identity-providers:*'],
  scope: ['accounts', prepared.account] as const,
})

let made = 0

/** Creates an ID token, by default with a unique `jti`. */
type Claims = { [name in keyof JWTPayload]: JWTPayload[name] | undefined }

function idToken(claims: Claims = {}, kid = 'one', signer = kid, header: object = {}): Promise<string> {
  const at = Date.parse(start) / 1000
  const usual = { iss: issuer, aud: 'mintmark', sub: 'repo:one', jti: `id-${++made}`, iat: at, exp: at + 600 }
  return new SignJWT({ ...usual, ...claims } as JWTPayload)
    .setProtectedHeader({ alg: 'ES256', kid, ...header })
    .sign(keys[signer]?.privateKey as CryptoKey)
}

test('a workload gets a short-lived token of the service account, as plain JSON', async (t) => {
  const { authority, world, assume, status, ci } = await setUp(t)
  const answer = await assume(await idToken(), { lifetime: 3_600 })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/json')
  assert.deepEqual(Object.keys(answer.json), ['access-token'])
  const token = answer.json['access-token']
  assert.equal((await authority.call('GET', '/teams', { token })).status, 200)
  assert.equal((await authority.call('GET', '/roles', { token })).status, 403)
  assert.equal(await status(), 'active')
  const [event] = (await authority.call('GET', '/audit-events?filter[action]=service-accounts.assumed')).json.data
  assert.deepEqual(
    [event.attributes['subject-id'], event.attributes.after.sub, event.attributes.after.lifeSeconds],
    [ci.id, 'repo:one', 3_600],
  )
  world.set('2030-01-01T01:00:00.000Z')
  assert.equal((await authority.call('GET', '/teams', { token })).json.errors[0].code, 'token-expired')
})

describe('the token of a workload', () => {
  const rotate = (authority: Authority, token: string, id = 'self', body: object = {}) =>
    authority.call('POST', `/access-tokens/${id}/actions/rotate`, {
      token,
      body,
      headers: { 'content-type': 'application/json' },
    })

  test('cannot be rotated, so that it expires when its policy says', async (t) => {
    const { authority, assume, ci } = await setUp(t)
    const token = (await assume(await idToken(), { lifetime: 60 })).json['access-token']
    const [{ id, attributes }] = (
      await authority.call('GET', `/service-accounts/${ci.id}/access-tokens?sort=-created-at`)
    ).json.data.filter((each: { attributes: { name: string } }) => each.attributes.name.startsWith('assumed by'))
    assert.deepEqual([attributes['expires-in'], attributes['renewable-until']], [null, '2030-01-01T00:01:00.000Z'])
    for (const body of [{}, { overlap: 0 }, { 'expires-in': 1 }, { 'expires-in': 525_600 }]) {
      assert.deepEqual([(await rotate(authority, token, 'self', body)).status], [409])
      assert.equal((await rotate(authority, authority.prepared.token, id, body)).status, 409)
    }
    assert.equal((await authority.call('GET', '/ping', { token })).status, 200)
  })

  test('cannot create a token that outlives it, not even by rotation', async (t) => {
    const { authority, world, assume, ci } = await setUp(t)
    await grant(authority, ci.id, trusting(authority))
    const token = (await assume(await idToken(), { lifetime: 600 })).json['access-token']
    const mint = (expiresIn: number | null) =>
      authority.call('POST', `/service-accounts/${ci.id}/access-tokens`, {
        token,
        body: document('access-tokens', { 'expires-in': expiresIn }),
      })
    for (const wrong of [null, 11, 525_600]) assert.equal((await mint(wrong)).status, 422)
    const child = await mint(10)
    assert.equal(child.status, 201, child.text)
    world.set('2030-01-01T00:09:30.000Z')
    const successor = await rotate(authority, child.json.data.attributes.token)
    assert.equal(successor.json.data.attributes['expires-at'], '2030-01-01T00:10:00.000Z', successor.text)
  })

  test('cannot let workloads assume a service account for longer, in any way', async (t) => {
    const { authority, world, assume, ci, policyId, providerId } = await setUp(t)
    await grant(authority, ci.id, trusting(authority))
    const session = (await assume(await idToken(), { lifetime: 600 })).json['access-token']
    const mint = async (token: string, expiresIn: number | null, of = ci.id) => {
      const body = document('access-tokens', { 'expires-in': expiresIn })
      const answer = await authority.call('POST', `/service-accounts/${of}/access-tokens`, { token, body })
      assert.equal(answer.status, 201, answer.text)
      return answer.json.data.attributes.token as string
    }
    const longer = { 'maximum-session-duration': 43_200 }
    const type = 'assume-service-account-policies'
    const write = async (token: string, of = ci.id) => {
      const provider = { provider: ['workload-identity-providers', providerId] } as const
      const name = `longer ${++made}`
      const changed = await authority.call('PATCH', `/service-accounts/${ci.id}/assume-policies/${policyId}`, {
        token,
        body: { data: { ...document(type, longer).data, id: policyId } },
      })
      const created = await authority.call('POST', `/service-accounts/${of}/assume-policies`, {
        token,
        body: document(type, { name, 'claim-conditions': [{ claim: 'sub', value: 'x' }], ...longer }, provider),
      })
      return [changed.status, created.status]
    }
    const other = await machine(authority, 'other', trusting(authority))
    world.set('2030-01-01T00:00:01.000Z')
    assert.deepEqual(await write(session), [403, 403])
    assert.deepEqual(await write(session, other.id), [403, 403], 'not through another service account')
    assert.deepEqual(await write(await mint(session, 9)), [403, 403], 'nor can a token that it created')
    const successor = await rotate(authority, await mint(session, 9, other.id))
    assert.deepEqual(
      await write(successor.json.data.attributes.token),
      [403, 403],
      'of whatever owner, or its successor',
    )
    const widen = (token: string) =>
      authority.call('PATCH', `/workload-identity-providers/${providerId}`, {
        token,
        body: document('workload-identity-providers', { 'allowed-audiences': ['mintmark', 'other'] }),
      })
    assert.equal((await widen(session)).status, 403, 'nor by another audience')
    const renewable = await mint(authority.prepared.token, 60)
    assert.deepEqual(await write(renewable), [200, 201], 'a token that can be rotated without a limit may')
    assert.equal((await widen(renewable)).status, 200)
  })

  for (const what of ['policy', 'provider'] as const)
    test(`is revoked when its ${what} is deleted`, async (t) => {
      const { authority, assume, ci, policyId, providerId } = await setUp(t)
      const token = (await assume(await idToken())).json['access-token']
      const path =
        what === 'policy'
          ? `/service-accounts/${ci.id}/assume-policies/${policyId}`
          : `/workload-identity-providers/${providerId}`
      assert.equal((await authority.call('DELETE', path)).status, 204)
      const answer = await authority.call('GET', '/ping', { token })
      assert.deepEqual([answer.status, answer.json.errors?.[0].code], [401, 'token-revoked'])
      assert.equal((await authority.call('GET', '/ping', { token: ci.token })).status, 200)
    })
})

describe('a request to act as a service account is refused', () => {
  const cases: [name: string, claims: Claims, kid?: string, signer?: string][] = [
    ['with a claim that differs', { sub: 'repo:two' }],
    ['with a claim that is missing', { sub: undefined }],
    ['for another audience', { aud: 'elsewhere' }],
    ['after its token expired', { exp: Date.parse(start) / 1000 - 31 }],
    ['before its token is valid', { nbf: Date.parse(start) / 1000 + 60 }],
    ['with a token that never expires', { exp: undefined }],
    ['from an untrusted issuer', { iss: 'https://ci.mintmark.internal/other' }],
    ['signed with another key under a known key ID', {}, 'one', 'two'],
    ['signed with a key that is not published', {}, 'two', 'two'],
  ]
  for (const [name, claims, kid, signer] of cases) {
    test(name, async (t) => {
      const { assume } = await setUp(t)
      assertRefused(await assume(await idToken(claims, kid, signer)))
    })
  }

  test('with a token that is unsigned, signed with a shared secret, or malformed', async (t) => {
    const { assume } = await setUp(t)
    const [, payload] = (await idToken()).split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const shared = await new SignJWT({ iss: issuer, aud: 'mintmark', sub: 'repo:one' })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(new Uint8Array(32))
    for (const wrong of [none, shared, 'x', 'a.b.c', '']) assertRefused(await assume(wrong))
  })

  test('with a key or a key URL in the header of the token', async (t) => {
    const { assume } = await setUp(t)
    const jwk = await exportJWK(keys['two']?.publicKey as CryptoKey)
    const url = 'https://ci.mintmark.internal/else'
    for (const header of [{ jwk }, { jku: url }, { x5u: url }, { x5c: ['MAo='] }])
      assertRefused(await assume(await idToken({}, 'one', 'two', header)))
  })

  test('with a token of another type', async (t) => {
    const { assume } = await setUp(t)
    for (const typ of ['at+jwt', 'application/at+jwt', 'logout+jwt', 'secevent+jwt', ''])
      assertRefused(await assume(await idToken({}, 'one', 'one', { typ })))
    for (const typ of ['JWT', 'jwt']) assert.equal((await assume(await idToken({}, 'one', 'one', { typ }))).status, 200)
  })

  test('if the ID token was used before, also with another signature encoding, until it has expired', async (t) => {
    const { authority, world, assume } = await setUp(t)
    const other = await machine(authority, 'other')
    const provider = (await authority.call('GET', '/workload-identity-providers')).json.data[0]
    await authority.call('POST', `/service-accounts/${other.id}/assume-policies`, {
      body: document(
        'assume-service-account-policies',
        { name: 'other', 'claim-conditions': [{ claim: 'sub', value: 'repo:one' }] },
        { provider: ['workload-identity-providers', provider.id] },
      ),
    })
    for (const claims of [{ jti: 'one' }, { jti: undefined }, { jti: '', nonce: 'x' }]) {
      const token = await idToken(claims)
      assert.equal((await assume(token, { lifetime: 60 })).status, 200)
      for (const again of [token, otherSignature(token)]) {
        assertRefused(await assume(again, { lifetime: 60 }))
        assertRefused(await assume(again, { lifetime: 60 }, other.email))
      }
    }
    // A new token with the same ID.
    assertRefused(await assume(await idToken({ jti: 'one' })))
    const refusedFirst = await idToken({ jti: 'two' })
    assert.equal((await assume(refusedFirst, { lifetime: 43_200 })).status, 422)
    assert.equal(
      (await assume(refusedFirst, { lifetime: 60 })).status,
      200,
      'a refused request does not use up the ID token',
    )
    assert.equal((await assume(await idToken({ exp: 1e300 }))).status, 200)

    await applyRetention(authority.database, world)
    const recordedUses = async () =>
      (await authority.database.read.selectFrom('usedIdTokens').selectAll().execute()).length
    assert.equal(await recordedUses(), 5)
    world.set('2030-01-01T00:10:31.000Z')
    await applyRetention(authority.database, world)
    assert.equal(await recordedUses(), 1)
  })

  test('if the ID token is used concurrently', async (t) => {
    const { assume } = await setUp(t)
    const token = await idToken()
    const statuses = (await Promise.all([assume(token), assume(token), assume(token)])).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [200, 403, 403])
  })

  test('for an unknown or inactive service account, with the same message', async (t) => {
    const { assume, authority, ci } = await setUp(t)
    const texts = [
      (await assume(await idToken({ sub: 'x' }))).text,
      (await assume(await idToken(), {}, 'nobody@main.mintmark.internal')).text,
    ]
    await authority.call('PATCH', `/service-accounts/${ci.id}`, {
      body: document('service-accounts', { status: 'Inactive' }),
    })
    texts.push((await assume(await idToken())).text)
    assert.equal(new Set(texts).size, 1)
  })

  test('for a longer lifetime than the policy allows', async (t) => {
    const { assume } = await setUp(t, { 'maximum-session-duration': 3_600 })
    const refused = await assume(await idToken(), { lifetime: 3_601 })
    assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/lifetime'])
    for (const lifetime of [0, -1, 1.5, '60', 43_201])
      assert.equal((await assume(await idToken(), { lifetime })).status, 422)
  })

  test('after too many refusals from one address, with 429', async (t) => {
    const { assume } = await setUp(t, {}, 3)
    const answers = []
    for (let times = 0; times < 5; times++) answers.push((await assume('x')).status)
    assert.deepEqual(answers, [403, 403, 403, 429, 429])
  })
})

describe('conditions', () => {
  const claims = { sub: 'repo:one', ref: 'refs/heads/main', groups: ['dev', 'ops'], run: 17, protected: true }
  const cases: [condition: { claim: string; operator?: string; value: string }, meets: boolean][] = [
    [{ claim: 'ref', operator: 'eq', value: 'refs/heads/main' }, true],
    [{ claim: 'ref', operator: 'eq', value: 'refs/heads/mai' }, false],
    [{ claim: 'ref', value: 'refs/heads/main' }, true],
    [{ claim: 'ref', operator: 'contains', value: 'heads' }, true],
    [{ claim: 'ref', operator: 'contains', value: 'tags' }, false],
    [{ claim: 'ref', operator: 'startswith', value: 'refs/heads/' }, true],
    [{ claim: 'ref', operator: 'startswith', value: 'heads/' }, false],
    [{ claim: 'ref', operator: 'endswith', value: '/main' }, true],
    [{ claim: 'ref', operator: 'endswith', value: '/mai' }, false],
    [{ claim: 'ref', operator: 'like', value: 'refs/*/ma?n' }, true],
    [{ claim: 'ref', operator: 'like', value: 'refs/?/main' }, false],
    [{ claim: 'ref', operator: 'like', value: 'refs/heads/[m]ain' }, true],
    [{ claim: 'ref', operator: 'like', value: 'refs/heads/[!m]ain' }, false],
    [{ claim: 'ref', operator: 'like', value: 'refs/heads/[a-m][]a][!-]?' }, true],
    [{ claim: 'ref', operator: 'like', value: 'refs/heads/[' }, false],
    [{ claim: 'ref', operator: 'like', value: `${'*a'.repeat(200)}b` }, false],
    [{ claim: 'ref', operator: 'like', value: '*' }, true],
    [{ claim: 'ref', operator: 'like', value: 'refs/heads' }, false],
    [{ claim: 'groups', value: 'ops' }, true],
    [{ claim: 'run', value: '17' }, true],
    [{ claim: 'protected', value: 'true' }, true],
    [{ claim: 'toString', operator: 'contains', value: '' }, false],
  ]
  for (const [condition, meets] of cases) {
    test(`${JSON.stringify(condition)} ${meets ? 'matches' : 'does not match'}`, async (t) => {
      const { assume } = await setUp(t, {
        'claim-conditions': [{ claim: 'sub', value: 'repo:', operator: 'startswith' }, condition],
      })
      assert.equal((await assume(await idToken(claims))).status, meets ? 200 : 403)
    })
  }
})

describe('the keys of an issuer', () => {
  test('are fetched for unknown service accounts too, so that the timing does not reveal who trusts the issuer', async (t) => {
    const { assume, state } = await setUp(t)
    assertRefused(await assume(await idToken(), {}, 'nobody@main.mintmark.internal'))
    assert.equal(state.fetched, 2)
    assertRefused(await assume(await idToken({ iss: 'https://ci.mintmark.internal/other' })))
    assert.equal(state.fetched, 2, 'the URL of an untrusted issuer is not fetched')
  })

  for (const allowed of [false, true])
    test(`in a private network are ${allowed ? '' : 'not '}fetched if the setting ${allowed ? 'allows' : 'does not allow'} it`, async (t) => {
      const requested: (string | undefined)[] = []
      const proxy = createServer().on('connect', ({ url }, socket) => {
        requested.push(url)
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      })
      await new Promise<void>((listening) => void proxy.listen(0, '127.0.0.1', listening))
      t.after(() => proxy.close())
      t.after(http.setGlobalProxyFromEnv({ https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }))
      const authority = await startAuthority(t, { world: fixedWorld(start), allowPrivateIssuers: allowed })
      const urls = ['https://10.0.0.1', 'https://127.0.0.1', 'https://169.254.169.254']
      for (const url of urls) {
        const made = await authority.call('POST', '/workload-identity-providers', {
          body: document('workload-identity-providers', { name: url, url, 'allowed-audiences': ['mintmark'] }),
        })
        assert.equal(made.status, 201, made.text)
        const answer = await authority.call('POST', '/service-accounts/assume', {
          token: null,
          headers: { 'content-type': 'application/json' },
          body: { 'id-token': await idToken({ iss: url }), 'service-account-email': 'ci@mintmark.internal' },
        })
        assertRefused(answer)
        const { attributes } = (await authority.call('GET', `/workload-identity-providers/${made.json.data.id}`)).json
          .data
        assert.equal(attributes.status, 'fetch_jwks_error', 'the status does not reveal what was reached')
      }
      assert.deepEqual(requested, allowed ? ['10.0.0.1:443', '127.0.0.1:443'] : [])
    })

  test('are cached, and fetched again for an unknown key ID, at most once per cooldown', async (t) => {
    const { assume, state, world } = await setUp(t)
    await assume(await idToken())
    await assume(await idToken())
    assert.equal(state.fetched, 2, 'the configuration and the keys, once')
    state.published = ['one', 'two']
    for (let times = 0; times < 3; times++) assertRefused(await assume(await idToken({}, 'two')))
    assert.equal(state.fetched, 2, 'nothing is fetched within the cooldown')
    world.set('2030-01-01T00:00:31.000Z')
    assert.equal((await assume(await idToken({}, 'two'))).status, 200)
    assert.equal(state.fetched, 4)
  })

  for (const [broken, expected] of [
    ['unreachable', 'fetch_jwks_error'],
    ['huge', 'fetch_jwks_error'],
    ['other issuer', 'invalid_provider_settings'],
    ['insecure', 'invalid_provider_settings'],
    ['no keys', 'not_supported_jwks'],
  ] as const) {
    test(`that are ${broken} refuse every token, and the status of the provider shows it`, async (t) => {
      const { assume, state, status, world } = await setUp(t)
      state.broken = broken
      assertRefused(await assume(await idToken()))
      assert.equal(await status(), expected)
      state.broken = 'no'
      world.set('2030-01-01T00:00:31.000Z')
      assert.equal((await assume(await idToken())).status, 200)
      assert.equal(await status(), 'active')
    })
  }
})

test('deleting the policy ends the trust', async (t) => {
  const { authority, assume, ci, policyId } = await setUp(t)
  assert.equal((await assume(await idToken())).status, 200)
  assert.equal((await authority.call('DELETE', `/service-accounts/${ci.id}/assume-policies/${policyId}`)).status, 204)
  assertRefused(await assume(await idToken()))
})

test('the URL of a provider must be https, without port and trailing slash', async (t) => {
  const authority: Authority = await startAuthority(t)
  for (const url of [
    'http://a.b',
    'https://a.b:8443',
    'https://a.b/',
    'https://a.b/x/',
    'https://u:p@a.b',
    'https://a.b?x=1',
    'ftp://a.b',
    'a.b',
    'https://',
  ]) {
    const refused = await authority.call('POST', '/workload-identity-providers', {
      body: document('workload-identity-providers', { name: 'x', url, 'allowed-audiences': ['a'] }),
    })
    assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/data/attributes/url'], url)
  }
})

/** For ECDSA, (r, n - s) is as valid a signature as (r, s). */
function otherSignature(token: string): string {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const [head, payload, signature = ''] = token.split('.')
  const hex = Buffer.from(signature, 'base64url').toString('hex')
  const s = (order - BigInt(`0x${hex.slice(64)}`)).toString(16).padStart(64, '0')
  return [head, payload, Buffer.from(hex.slice(0, 64) + s, 'hex').toString('base64url')].join('.')
}

function assertRefused(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json.errors[0].code], [403, 'assume-refused'], answer.text)
}
