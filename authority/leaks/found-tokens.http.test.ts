/** Scanners recognize tokens of this installation by the fingerprint file or by checking hashes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { fingerprintOf, hashToken, readFingerprints } from '@mintmark/token'
import { type Authority, document, machine, type StartOptions, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { fixedWorld } from '../world.ts'

const twoAccounts = {
  data: [
    { type: 'users', id: 'user-1', attributes: { email: 'o@example.com' } },
    { type: 'accounts', id: 'acc-one', attributes: { name: 'one' } },
    { type: 'accounts', id: 'acc-two', attributes: { name: 'two' } },
  ],
}
const hex = (token: string) => hashToken(token).toString('hex')
const fingerprint = (token: string) => fingerprintOf(hashToken(token))

async function machineIn({ call }: Authority, account: string, name: string) {
  const body = document('service-accounts', { name }, { account: ['accounts', account] })
  const made = await call('POST', '/service-accounts', { body })
  const { id } = made.json.data
  const path = `/service-accounts/${id}/access-tokens`
  const minted = (await call('POST', path, { body: document('access-tokens', {}) })).json.data
  return { id: id as string, token: minted.attributes.token as string, tokenId: minted.id as string }
}

describe('the fingerprint file', () => {
  const title =
    'contains all tokens, active and inactive, of the accounts in which the caller may read tokens, and no others'
  const tried = async (t: Parameters<typeof startAuthority>[0], options: StartOptions = {}) => {
    const authority = await startAuthority(t, {
      resources: twoAccounts,
      email: 'o@example.com',
      world: fixedWorld('2030-01-01T00:00:00.000Z'),
      ...options,
    })
    const { call, prepared, app } = authority
    const one = await machineIn(authority, 'acc-one', 'one')
    const ended = await machineIn(authority, 'acc-one', 'inactive')
    const two = await machineIn(authority, 'acc-two', 'two')
    assert.equal((await call('DELETE', `/access-tokens/${ended.tokenId}`)).status, 204)
    const all = await call('GET', '/leaks/fingerprints')
    assert.equal(all.status, 200, all.text)
    assert.match(String(all.headers['content-type']), /^text\/plain/)
    const read = readFingerprints(Buffer.from(all.text))
    assert.partialDeepStrictEqual(read, { issuer: app.mark.text, made: '2030-01-01T00:00:00.000Z', count: 4 })
    for (const token of [one.token, ended.token, two.token, prepared.token]) assert.ok(read.has(fingerprint(token)))
    assert.ok(![one, ended, two].some(({ token }) => all.text.includes(hex(token).slice(0, 24))))

    const narrow = document('access-tokens', { permissions: ['access-tokens:read'], scopes: ['acc-one'] })
    const narrowed = (await call('POST', '/access-tokens', { body: narrow })).json.data.attributes.token
    const some = await call('GET', '/leaks/fingerprints', { token: narrowed })
    const few = readFingerprints(Buffer.from(some.text))
    assert.deepEqual(
      [one, ended, two].map(({ token }) => few.has(fingerprint(token))),
      [true, true, false],
    )
  }
  test(title, async (t) => tried(t))
  test(`${title}, on PostgreSQL`, async (t) => tried(t, { store: { url: await temporaryPostgres(t) } }))

  test('requires a token with the permission on an account', async (t) => {
    const authority = await startAuthority(t)
    const { call, prepared } = authority
    const nothing = await machine(authority, 'nothing')
    const other = await machine(authority, 'other', {
      permissions: ['teams:read'],
      scope: ['accounts', prepared.account],
    })
    const may = await machine(authority, 'may', {
      permissions: ['access-tokens:read'],
      scope: ['accounts', prepared.account],
    })
    const status = async (token: string | null) => (await call('GET', '/leaks/fingerprints', { token })).status
    assert.deepEqual(
      [
        await status(null),
        await status('x'),
        await status(nothing.token),
        await status(other.token),
        await status(may.token),
      ],
      [401, 401, 403, 403, 200],
    )
  })
})

describe('the check by hashes', () => {
  const check = ({ call }: Authority, body: unknown, headers = {}) =>
    call('POST', '/leaks/check', { token: null, body, headers: { 'content-type': 'application/json', ...headers } })

  const title = 'returns the state of each token in order, without authentication, and revokes nothing'
  const tried = async (t: Parameters<typeof startAuthority>[0], options: StartOptions = {}) => {
    const world = fixedWorld('2030-01-01T00:00:00.000Z')
    const authority = await startAuthority(t, { world, ...options })
    const { call, prepared } = authority
    const live = await machine(authority, 'active')
    const revoked = await machine(authority, 'revoked')
    const asleep = await machine(authority, 'asleep')
    const [token] = (await call('GET', `/service-accounts/${revoked.id}/access-tokens`)).json.data
    await call('DELETE', `/access-tokens/${token.id}`)
    const expiring = await call('POST', `/service-accounts/${live.id}/access-tokens`, {
      body: document('access-tokens', { 'expires-in': 1 }),
    })
    const brief = expiring.json.data.attributes.token as string
    await call('PATCH', `/service-accounts/${asleep.id}`, {
      body: { data: { type: 'service-accounts', id: asleep.id, attributes: { status: 'Inactive' } } },
    })
    const tokens = [prepared.token, 'made up', brief, live.token, revoked.token, asleep.token, live.token]
    const states = async () => (await check(authority, { hashes: tokens.map(hex) })).json
    assert.deepEqual(await states(), {
      states: ['active', 'foreign', 'active', 'active', 'inactive', 'inactive', 'active'],
    })
    world.set('2030-01-01T00:01:00.000Z')
    assert.deepEqual(await states(), {
      states: ['active', 'foreign', 'inactive', 'active', 'inactive', 'inactive', 'active'],
    })
    assert.equal((await call('GET', '/ping', { token: live.token })).status, 200)
    assert.deepEqual((await call('GET', '/leak-reports')).json.data, [])
    const upper = hex(live.token).toUpperCase()
    assert.deepEqual((await check(authority, { hashes: [upper] })).json, { states: ['active'] })
  }
  test(title, async (t) => tried(t))
  test(`${title}, on PostgreSQL`, async (t) => tried(t, { store: { url: await temporaryPostgres(t) } }))

  test('accepts up to 1,000 hashes and rejects invalid input with a pointer', async (t) => {
    const authority = await startAuthority(t)
    const most = Array.from({ length: limits.leakHashesPerCheck }, (_, at) => hex(String(at)))
    const answer = await check(authority, { hashes: most })
    assert.deepEqual([answer.status, new Set(answer.json.states)], [200, new Set(['foreign'])])
    assert.deepEqual((await check(authority, { hashes: [] })).json, { states: [] })
    const token = authority.prepared.token
    const cases: [unknown, number, string, string][] = [
      [{ hashes: [...most, hex('')] }, 422, 'invalid-document', '/hashes'],
      [{ hashes: hex('') }, 422, 'invalid-document', '/hashes'],
      [{}, 422, 'invalid-document', '/hashes'],
      [[], 422, 'invalid-document', ''],
      [{ hashes: [hex(''), hex('').slice(1)] }, 422, 'invalid-attribute', '/hashes/1'],
      [{ hashes: [5] }, 422, 'invalid-attribute', '/hashes/0'],
      [{ hashes: [token] }, 422, 'invalid-attribute', '/hashes/0'],
      ['{"hashes":', 400, 'malformed-json', ''],
    ]
    for (const [body, status, code, pointer] of cases) {
      const refused = await check(authority, body)
      const [error] = refused.json.errors
      assert.deepEqual([refused.status, error.code, error.source?.pointer], [status, code, pointer], refused.text)
      assert.ok(!refused.text.includes('eyJ'))
    }
    const asText = await check(authority, 'x', { 'content-type': 'text/plain' })
    assert.equal(asText.status, 415)
  })

  test('counts against the same limit as reports', async (t) => {
    const authority = await startAuthority(t, { world: fixedWorld('2030-01-01T00:00:00.000Z') })
    const statuses = []
    for (let times = 0; times < limits.leakReportsPerMinute; times++)
      statuses.push((await check(authority, { hashes: [] })).status)
    assert.deepEqual(new Set(statuses), new Set([200]))
    const slowed = await check(authority, { hashes: [] })
    assert.deepEqual([slowed.status, slowed.headers['retry-after']], [429, '60'])
    const report = await authority.call('POST', '/leaks/report', {
      token: null,
      body: { tokens: [] },
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(report.status, 429)
  })
})
