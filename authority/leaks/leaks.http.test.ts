/** Each source end to end: create a token, report it, see the next request refused and the owner notified. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Answer, type Authority, document, machine, type StartOptions, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { fixedWorld } from '../world.ts'
import { githubReporter, reportersIn } from './reporters.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const published = {
  public_keys: [
    { key_identifier: 'one', key: pem, is_current: true },
    { key_identifier: 'old', key: pem, is_current: false },
  ],
}
const pinned = { reporters: [githubReporter(undefined, published)] }

async function leaking(t: Parameters<typeof startAuthority>[0], options: StartOptions = pinned) {
  const authority = await startAuthority(t, options)
  const ci = await machine(authority, 'ci', {
    permissions: ['*:read'],
    scope: ['accounts', authority.prepared.account],
  })
  const [token] = (await authority.call('GET', `/service-accounts/${ci.id}/access-tokens`)).json.data
  return { authority, call: authority.call, ci, tokenId: token.id as string }
}

/** As GitHub sends it. */
function partner(
  { call }: Authority,
  body: string,
  headers: Record<string, string> = {},
  path = '/leaks/github',
): Promise<Answer> {
  return call('POST', path, {
    token: null,
    body,
    headers: {
      'content-type': 'application/json',
      'github-public-key-identifier': 'one',
      'github-public-key-signature': signed(body),
      ...headers,
    },
  })
}

const signed = (body: string) => sign('sha256', Buffer.from(body), privateKey).toString('base64')
const found = (token: string, url = 'https://git.example.com/org/repo/blob/abc/file') =>
  JSON.stringify([{ token, type: 'mintmark_api_token', url, source: 'content' }])
const reports = async ({ call }: Authority, query = '') =>
  (await call('GET', `/leak-reports?sort=firstSeenAt${query}`.replace('firstSeenAt', 'first-seen-at'))).json.data

describe('GitHub secret scanning partner program', () => {
  test('a reported token is rejected on the next request, its owner is notified, and the response labels each token', async (t) => {
    const { authority, call, ci, tokenId } = await leaking(t)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    const forged = `${ci.token.slice(0, -4)}AAAA`
    const body = JSON.stringify([
      JSON.parse(found(ci.token))[0],
      { token: forged, type: 'mintmark_api_token', url: '' },
    ])
    const answer = await partner(authority, body)
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(
      answer.json.map((each: { label: string; token_type: string }) => [each.label, each.token_type]),
      [
        ['true_positive', 'mintmark_api_token'],
        ['false_positive', 'mintmark_api_token'],
      ],
    )
    assert.match(answer.json[0].token_hash, /^[0-9a-f]{64}$/)
    assert.ok(!answer.text.includes('eyJ'))
    assert.equal((await call('GET', '/ping', { token: ci.token })).json.errors[0].code, 'token-revoked')
    const [report, ...more] = await reports(authority)
    assert.deepEqual(more, [])
    assert.partialDeepStrictEqual(report.attributes, {
      source: 'github',
      confidence: 'confirmed',
      'location-kind': 'public',
      url: 'https://git.example.com/org/repo/blob/abc/file',
      'action-taken': 'revoked',
      'token-state': 'inactive',
      'owner-email': ci.email,
      times: 1,
    })
    assert.equal(report.relationships.token.data.id, tokenId)
    const [event] = (await call('GET', '/audit-events?filter[action]=leak-reports.taken')).json.data
    assert.partialDeepStrictEqual(event.attributes, {
      'actor-type': 'system',
      'subject-id': report.id,
      after: { source: 'github', token: tokenId, actionTaken: 'revoked' },
    })
    const [notification] = (await call('GET', '/notifications')).json.data
    assert.partialDeepStrictEqual(notification.attributes, { kind: 'token.leaked', 'subject-id': tokenId })
    assert.ok(!(await call('GET', '/notifications')).text.includes(ci.token))
  })

  test('the example that GitHub publishes is verified', async (t) => {
    const key =
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq\nkCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==\n-----END PUBLIC KEY-----\n'
    const identifier = '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a'
    const signature = 'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc='
    const keys = { public_keys: [{ key_identifier: identifier, key, is_current: true }] }
    const authority = await startAuthority(t, { reporters: [githubReporter(undefined, keys)] })
    const headers = { 'github-public-key-identifier': identifier, 'github-public-key-signature': signature }
    const body = '[{"token":"some_token","type":"some_type","url":"some_url"}]'
    const answer = await partner(authority, body, headers)
    assert.deepEqual([answer.status, answer.json[0].label], [200, 'false_positive'])
    assert.equal((await partner(authority, `${body} `, headers)).status, 401)
  })

  test('a report without a signature of a current key is rejected and revokes nothing', async (t) => {
    const { authority, call, ci } = await leaking(t, { ...pinned, invalidTokensPerMinute: 1_000 })
    const body = found(ci.token)
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const wrong: Record<string, string>[] = [
      { 'github-public-key-signature': sign('sha256', Buffer.from(body), other).toString('base64') },
      { 'github-public-key-signature': signed(`${body} `) },
      { 'github-public-key-signature': 'no base64 !' },
      { 'github-public-key-signature': '' },
      { 'github-public-key-identifier': 'two' },
      { 'github-public-key-identifier': 'old' },
      { 'github-public-key-identifier': '' },
    ]
    for (const headers of wrong) {
      const refused = await partner(authority, body, headers)
      assert.deepEqual(
        [refused.status, refused.json.errors[0].code],
        [401, 'invalid-signature'],
        JSON.stringify(headers),
      )
    }
    assert.equal((await call('POST', '/leaks/github', { token: null, body })).status, 401)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    assert.deepEqual(await reports(authority), [])
  })

  test('a signed but malformed report is rejected with a pointer and revokes nothing', async (t) => {
    const { authority, call, ci } = await leaking(t)
    const cases = [
      ['{}', ''],
      ['[1]', '/0'],
      [`[${found(ci.token).slice(1, -1)},{"token":5}]`, '/1/token'],
      ['[{"token":""}]', '/0/token'],
      [`[{"token":"${'x'.repeat(5_000)}"}]`, '/0/token'],
      ['[', ''],
      [JSON.stringify(Array(1_001).fill({ token: 'x' })), ''],
    ] as const
    for (const [body, pointer] of cases) {
      const refused = await partner(authority, body)
      assert.ok(refused.status === 400 || refused.status === 422, refused.text)
      assert.equal(refused.json.errors[0].source?.pointer ?? '', pointer)
    }
    assert.equal((await partner(authority, `["${'x'.repeat(2_000_000)}"]`)).status, 413)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
  })

  test('a repeated report is counted, another location is another report, and an inactive token is reported as inactive', async (t) => {
    const { authority, ci } = await leaking(t)
    await partner(authority, found(ci.token))
    await partner(authority, found(ci.token))
    await partner(authority, found(ci.token, 'https://git.example.com/elsewhere'))
    const all = await reports(authority)
    assert.deepEqual(
      all.map(({ attributes }: { attributes: Record<string, unknown> }) => [
        attributes['times'],
        attributes['action-taken'],
      ]),
      [
        [2, 'revoked'],
        [1, 'inactive'],
      ],
    )
  })

  test('control characters and tokens are removed from a location', async (t) => {
    const { authority, ci } = await leaking(t)
    await partner(authority, found(ci.token, `https://x.example.com/\u001b[2J\u0000?token=${ci.token}`))
    const [report] = await reports(authority)
    assert.equal(report.attributes.url, 'https://x.example.com/ [2J ?token=[token]')
  })

  test('keys are cached, fetched conditionally, and fetched again for an unknown key ID', async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00.000Z')
    const etags: (string | undefined)[] = []
    let state = { keys: [published.public_keys[1]], etag: '"a"', up: true }
    const fetch = async (url: string, { headers }: RequestInit) => {
      assert.equal(url, 'https://keys.example.com/')
      const known = (headers as Record<string, string>)['if-none-match']
      etags.push(known)
      if (!state.up) throw new TypeError('fetch failed')
      if (known === state.etag) return new Response(null, { status: 304 })
      return Response.json({ public_keys: state.keys }, { headers: { etag: state.etag } })
    }
    const { authority, ci } = await leaking(t, {
      world,
      fetch,
      reporters: [githubReporter('https://keys.example.com/')],
      invalidTokensPerMinute: 1_000,
    })
    assert.equal((await partner(authority, found(ci.token))).status, 401)
    state = { keys: published.public_keys, etag: '"b"', up: true }
    assert.equal((await partner(authority, found(ci.token))).status, 401, 'not fetched again at once')
    world.set('2030-01-01T00:00:31.000Z')
    assert.equal((await partner(authority, found(ci.token))).status, 200)
    world.set('2030-01-01T02:00:00.000Z')
    assert.equal((await partner(authority, found(ci.token))).status, 200)
    assert.deepEqual(etags, [undefined, '"a"', '"b"'])
    state.up = false
    world.set('2030-01-01T04:00:00.000Z')
    assert.equal((await partner(authority, found(ci.token))).status, 200, 'cached keys are kept')
  })

  test('a report fails with 503 and Retry-After if no keys could be fetched', async (t) => {
    const fetch = async () => new Response('no', { status: 500 })
    const { authority, ci } = await leaking(t, { fetch })
    const refused = await partner(authority, found(ci.token))
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '30'])
  })

  test('another reporter of the same scheme is configured with its own name, headers and keys', async (t) => {
    const [pypi] = reportersIn([
      { name: 'pypi', 'identifier-header': 'X-Key', 'signature-header': 'X-Signature', keys: published },
    ])
    const { authority, call, ci } = await leaking(t, { reporters: [pypi as NonNullable<typeof pypi>] })
    const body = found(ci.token)
    const answer = await call('POST', '/leaks/pypi', {
      token: null,
      body,
      headers: { 'x-key': 'one', 'x-signature': signed(body), 'content-type': 'application/json' },
    })
    assert.equal(answer.status, 200, answer.text)
    assert.equal((await reports(authority))[0].attributes.source, 'pypi')
    for (const wrong of [
      {},
      [{}],
      [{ name: 'report' }],
      [{ name: 'a', 'identifier-header': 'x', 'signature-header': 'y', 'keys-url': 'http://x' }],
      [{ name: 'a', 'identifier-header': 'x y', 'signature-header': 'y', keys: published }],
      [{ name: 'a', 'identifier-header': 'x', 'signature-header': 'y', keys: { public_keys: [] } }],
    ])
      assert.throws(() => reportersIn(wrong), Error)
  })
})

describe('GitLab', () => {
  const gitlab = ({ call }: Authority, body: unknown, authorization = 'shared-with-gitlab') =>
    call('POST', '/v1/revoke_tokens', {
      token: null,
      body,
      headers: { authorization, 'content-type': 'application/json' },
    })

  test('gets the list of token types, and a token that it reports is rejected on the next request', async (t) => {
    const { authority, call, ci } = await leaking(t, { gitlabToken: 'shared-with-gitlab' })
    const types = await call('GET', '/v1/revocable_token_types', {
      token: null,
      headers: { authorization: 'shared-with-gitlab' },
    })
    assert.deepEqual([types.status, types.json], [200, { types: ['gitleaks_rule_id_mintmark-token'] }])
    const location = 'https://gitlab.example.com/group/project/-/blob/abc/file#L1'
    assert.equal(
      (
        await gitlab(authority, [
          { type: 'gitleaks_rule_id_mintmark-token', token: ci.token, location },
          { type: 'x', token: 'y', location },
        ])
      ).status,
      204,
    )
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    assert.partialDeepStrictEqual((await reports(authority))[0].attributes, {
      source: 'gitlab',
      url: location,
      'action-taken': 'revoked',
    })
  })

  test('is refused without the configured token, and if none is configured', async (t) => {
    const { authority, call, ci } = await leaking(t, { gitlabToken: 'shared-with-gitlab' })
    const body = [{ type: 'x', token: ci.token, location: '' }]
    for (const authorization of ['', 'shared-with-gitla', 'Bearer x'])
      assert.equal((await gitlab(authority, body, authorization)).status, 401)
    assert.equal((await gitlab(authority, { a: 1 })).status, 400)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    const none = await startAuthority(t)
    assert.equal((await gitlab(none, body, '')).status, 401)
  })
})

describe('a token holder', () => {
  const report = ({ call }: Authority, body: unknown, type = 'application/json', remoteAddress = '192.0.2.9') =>
    call('POST', '/leaks/report', { token: null, body, remoteAddress, headers: { 'content-type': type } })

  test('can revoke tokens without authentication, and the response does not say which were active', async (t) => {
    const { authority, call, ci } = await leaking(t)
    const location = {
      repository: 'org/repo',
      path: 'a/b.tf',
      line: 7,
      commit: 'ABCDEF1234',
      'committed-at': '2025-01-01T00:00:00Z',
      url: 5,
    }
    const sent = [{ token: ci.token, location }, 'nonsense', `${ci.token.slice(0, -4)}AAAA`]
    const answer = await report(authority, { tokens: sent })
    assert.deepEqual([answer.status, answer.json], [202, { received: 3 }])
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    const [{ attributes }] = await reports(authority)
    assert.partialDeepStrictEqual(attributes, {
      source: 'holder',
      confidence: 'claimed',
      'location-kind': 'unknown',
      repository: 'org/repo',
      path: 'a/b.tf',
      line: 7,
      commit: 'abcdef1234',
      url: null,
      'action-taken': 'revoked',
      'committed-at': '2025-01-01T00:00:00.000Z',
    })
    assert.ok(attributes['exposed-minutes'] > 100_000)
    assert.deepEqual(
      (await report(authority, { tokens: ['x', 'y', 'z'] })).json,
      { received: 3 },
      'the same response for invalid tokens',
    )
  })

  test('can paste a token with surrounding text, as plain text or on the page', async (t) => {
    const { authority, call, ci } = await leaking(t)
    const other = (
      await call('POST', `/service-accounts/${ci.id}/access-tokens`, { body: document('access-tokens', {}) })
    ).json.data.attributes.token
    assert.deepEqual((await report(authority, `TOKEN="${ci.token}"\n`, 'text/plain')).json, { received: 1 })
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    assert.match((await call('GET', '/leaks', { token: null })).text, /<textarea id="tokens"/)
    const url = 'https://example.com/pastes/1'
    const form = (members: Record<string, string>) =>
      report(authority, new URLSearchParams(members).toString(), 'application/x-www-form-urlencoded')
    const thanked = await form({ tokens: `export A=${other};`, url })
    assert.equal(thanked.status, 200)
    assert.match(thanked.text, /role="status".*1 token was received/)
    assert.ok(!thanked.text.includes('eyJ'))
    assert.match(String(thanked.headers['content-security-policy']), /default-src 'none'/)
    assert.equal((await call('GET', '/ping', { token: other })).status, 401)
    const urls = (await reports(authority)).map(({ attributes }: { attributes: { url: string } }) => attributes.url)
    assert.deepEqual(urls, [null, url])
  })

  test('gets an error on the page if the text contains no token, and the text is not part of the response', async (t) => {
    const { authority } = await leaking(t)
    for (const members of [{}, { tokens: '' }, { tokens: '<b>secret</b>', url: 'https://example.com/"><b>' }]) {
      const refused = await report(
        authority,
        new URLSearchParams(members as Record<string, string>).toString(),
        'application/x-www-form-urlencoded',
      )
      assert.equal(refused.status, 422)
      assert.match(refused.text, /role="alert">No token was found in this text/)
      assert.doesNotMatch(refused.text, /role="status"|<b>|secret<|example\.com/)
    }
    assert.deepEqual((await report(authority, 'no token', 'text/plain')).json, { received: 0 })
  })

  test('is limited per address and to 1,000 tokens per report', async (t) => {
    const { authority } = await leaking(t, { world: fixedWorld('2030-01-01T00:00:00.000Z') })
    assert.equal((await report(authority, { tokens: Array(limits.leakTokensPerReport + 1).fill('x') })).status, 422)
    const statuses = []
    for (let times = 0; times < limits.leakReportsPerMinute + 1; times++)
      statuses.push((await report(authority, { tokens: [] })).status)
    assert.equal(statuses.at(-1), 429)
    assert.equal((await report(authority, { tokens: [] }, 'application/json', '192.0.2.10')).status, 202)
  })

  test('cannot report a commit time in the future', async (t) => {
    const { authority, ci } = await leaking(t, { world: fixedWorld('2030-01-01T00:00:00.000Z') })
    await report(authority, { tokens: [ci.token], location: { 'committed-at': '2031-01-01T00:00:00Z' } })
    const [{ attributes }] = await reports(authority)
    assert.deepEqual([attributes['committed-at'], attributes['exposed-minutes']], [null, 0])
  })

  test('of another installation revokes nothing here', async (t) => {
    const { authority } = await leaking(t)
    const strange = await leaking(t)
    assert.deepEqual((await report(authority, { tokens: [strange.ci.token] })).json, { received: 1 })
    assert.equal((await strange.call('GET', '/ping', { token: strange.ci.token })).status, 200)
    assert.deepEqual(await reports(authority), [])
  })
})

describe('rules and containment', () => {
  const rules = ({ call }: Authority, attributes: object) =>
    call('PATCH', '/leak-rules', { body: document('leak-rules', attributes) })

  test('the rules of the account decide: notify keeps the token, rotate expires it after the overlap', async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00.000Z')
    const { authority, call, ci, tokenId } = await leaking(t, { ...pinned, world })
    assert.equal((await rules(authority, { public: 'notify' })).status, 200)
    await partner(authority, found(ci.token))
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    assert.equal((await reports(authority))[0].attributes['action-taken'], 'notified')
    await rules(authority, { sources: [{ source: 'github', action: 'rotate' }], overlap: 10 })
    await partner(authority, found(ci.token))
    const [report] = await reports(authority)
    assert.deepEqual(
      [report.attributes['action-taken'], report.attributes['token-state'], report.attributes.times],
      ['expiring', 'expiring', 2],
    )
    const rotate = (id: string, token?: string) =>
      call('POST', `/access-tokens/${id}/actions/rotate`, {
        ...(token ? { token } : {}),
        body: {},
        headers: { 'content-type': 'application/json' },
      })
    assert.equal((await rotate('self', ci.token)).status, 403, 'an attacker may have the token too')
    const successor = await rotate(tokenId)
    assert.equal(successor.status, 201)
    world.set('2030-01-01T00:10:00.000Z')
    assert.equal((await call('GET', '/ping', { token: ci.token })).json.errors[0].code, 'token-expired')
    assert.equal((await call('GET', '/ping', { token: successor.json.data.attributes.token })).status, 200)
    for (const wrong of [
      { public: 'shrug' },
      { overlap: 0 },
      { sources: [{ source: '', action: 'revoke' }] },
      { sources: [{ source: 'github', confidence: 'certain', action: 'revoke' }] },
    ])
      assert.equal((await rules(authority, wrong)).status, 422)
  })

  test('an exception can be limited to reports without a location', async (t) => {
    const { authority, call, ci } = await leaking(t)
    await rules(authority, { sources: [{ source: 'github', confidence: 'no-location', action: 'notify' }] })
    await partner(authority, found(ci.token, ''))
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    await partner(authority, found(ci.token))
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    const grades = (await reports(authority)).map(({ attributes }: { attributes: Record<string, string> }) => [
      attributes['confidence'],
      attributes['action-taken'],
    ])
    assert.deepEqual(grades, [
      ['no-location', 'notified'],
      ['confirmed', 'revoked'],
    ])
  })

  const assertActivityReported = async (t: Parameters<typeof startAuthority>[0], options: StartOptions) => {
    const world = fixedWorld('2030-01-01T00:00:00.000Z')
    const { authority, call, ci } = await leaking(t, { ...options, world })
    await rules(authority, { public: 'notify' })
    const mint = async () =>
      (await call('POST', `/service-accounts/${ci.id}/access-tokens`, { body: document('access-tokens', {}) })).json
        .data.attributes.token
    const [sibling, apart] = [await mint(), await mint()]
    const use = (path: string, token: string, remoteAddress: string) => call('GET', path, { token, remoteAddress })
    await use('/ping', ci.token, '10.1.2.3')
    await use('/ping', apart, '10.1.2.3')
    await authority.app.flush()
    world.set('2030-01-01T01:00:00.000Z')
    await partner(authority, found(ci.token))
    world.set('2030-01-01T02:00:00.000Z')
    for (const [path, token, address] of [
      ['/ping', ci.token, '10.1.2.99'],
      ['/ping', ci.token, '198.51.100.7'],
      ['/ping', ci.token, '198.51.100.8'],
      ['/workspaces', ci.token, '2001:db8:1:2::9'],
      ['/ping', sibling, '198.51.100.9'],
      ['/ping', apart, '10.1.2.3'],
    ] as const)
      await use(path, token, address)
    await authority.app.flush()
    const { id, attributes } = (await call('GET', '/leak-reports')).json.data[0]
    const activity = (network: string, operation: string, times: number, first: number, isNew: boolean) => ({
      network,
      operation,
      permissions: { ping: [], get_workspaces: ['workspaces:read'] }[operation],
      times,
      denied: 0,
      'first-at': `2030-01-01T0${first}:00:00.000Z`,
      'last-at': '2030-01-01T02:00:00.000Z',
      'is-new': isNew,
    })
    const byNetwork = (one: { network: string }, other: { network: string }) => (one.network < other.network ? -1 : 1)
    assert.deepEqual(attributes['activity-since'].toSorted(byNetwork), [
      activity('10.1.2.0/24', 'ping', 2, 0, false),
      activity('198.51.100.0/24', 'ping', 2, 2, true),
      activity('2001:db8:1::/48', 'get_workspaces', 1, 2, true),
    ])
    assert.deepEqual(
      attributes.siblings.map((each: Record<string, string>) => [each['last-characters'], each['network']]),
      [[sibling.slice(-6), '198.51.100.0/24']],
    )
    for (const token of [sibling, apart]) await partner(authority, found(token))
    const page = (await call('GET', '/leak-reports')).json.data
    const ofEach = page.map(({ attributes: one }: { attributes: Record<string, Record<string, string>[]> }) => [
      one['token-last-characters'],
      one['siblings']?.map((each) => each['last-characters']),
    ])
    assert.deepEqual(Object.fromEntries(ofEach), {
      [ci.token.slice(-6)]: [sibling.slice(-6)],
      [sibling.slice(-6)]: [ci.token.slice(-6)],
      [apart.slice(-6)]: [],
    })
    await call('POST', `/leak-reports/${id}/actions/contain`, {
      body: { what: 'network' },
      headers: { 'content-type': 'application/json' },
    })
    const states = await Promise.all(
      [ci.token, sibling, apart].map(async (token) => (await call('GET', '/ping', { token })).status),
    )
    assert.deepEqual(states, [401, 401, 200])
  }
  const used =
    'a report lists the activity since the leak, and containing the network revokes tokens used from the same new networks'
  test(used, (t) => assertActivityReported(t, pinned))
  test(`${used}, on PostgreSQL`, async (t) =>
    assertActivityReported(t, { ...pinned, store: { url: await temporaryPostgres(t) } }))

  test('contain revokes the token, its family or all tokens of its owner, except the calling token', async (t) => {
    const { authority, call, ci } = await leaking(t)
    await rules(authority, { public: 'notify' })
    const next = (
      await call('POST', '/access-tokens/self/actions/rotate', {
        token: ci.token,
        body: {},
        headers: { 'content-type': 'application/json' },
      })
    ).json.data.attributes.token
    const other = (
      await call('POST', `/service-accounts/${ci.id}/access-tokens`, { body: document('access-tokens', {}) })
    ).json.data.attributes.token
    await partner(authority, found(ci.token))
    const [{ id }] = await reports(authority)
    const contain = (what: string, token?: string) =>
      call('POST', `/leak-reports/${id}/actions/contain`, {
        ...(token ? { token } : {}),
        body: { what },
        headers: { 'content-type': 'application/json' },
      })
    const alive = async () =>
      Promise.all([ci.token, next, other].map(async (token) => (await call('GET', '/ping', { token })).status === 200))
    assert.equal((await contain('token', other)).status, 403, 'it requires the permission')
    assert.equal((await contain('token')).status, 200)
    assert.deepEqual(await alive(), [false, true, true])
    await contain('family')
    assert.deepEqual(await alive(), [false, false, true])
    await contain('owner')
    assert.deepEqual(await alive(), [false, false, false])
    assert.equal((await contain('everything')).status, 422)
    const mine = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'leaked' }) })
    await partner(authority, found(mine.json.data.attributes.token))
    const [, own] = await reports(authority)
    await call('POST', `/leak-reports/${own.id}/actions/contain`, {
      body: { what: 'owner' },
      headers: { 'content-type': 'application/json' },
    })
    assert.equal((await call('GET', '/ping')).status, 200)
    assert.equal((await call('GET', '/ping', { token: mine.json.data.attributes.token })).status, 401)
  })

  test('containing a leak notifies each owner of personal tokens that it revokes once, except the caller', async (t) => {
    const { authority, call } = await leaking(t)
    await rules(authority, { public: 'notify' })
    const mint = async (name: string) =>
      (await call('POST', '/access-tokens', { body: document('access-tokens', { name }) })).json.data
    const tokens = [await mint('leaked'), await mint('second')]
    await partner(authority, found(tokens[0].attributes.token))
    const [{ id }] = await reports(authority)
    const { prepared } = authority
    const admin = await machine(authority, 'admin', { permissions: ['*:*'], scope: ['accounts', prepared.account] })
    const contain = (what: string, token: string) =>
      call('POST', `/leak-reports/${id}/actions/contain`, {
        ...{ token, body: { what } },
        headers: { 'content-type': 'application/json' },
      })
    const revoked = async () =>
      (await call('GET', '/notifications?filter[kind]=token.revoked', { token: admin.token })).json.data
    assert.equal((await contain('token', prepared.token)).status, 200)
    assert.deepEqual(await revoked(), [], 'the owner contained it')
    assert.equal((await contain('owner', admin.token)).status, 200)
    const [{ attributes }, ...others] = await revoked()
    assert.deepEqual(others, [])
    assert.equal(attributes['owner-id'], prepared.user)
    const { data } = attributes
    assert.deepEqual([data.report, data.contained, data.by.id], [id, 'owner', admin.id])
    const names = data.tokens.map(({ name }: { name: string }) => name)
    assert.deepEqual(
      [data['token-count'], names.includes('second'), names.includes('leaked')],
      [names.length, true, false],
    )
    assert.ok(!JSON.stringify(data).includes(tokens[1].attributes.token))
  })
})

test('TruffleHog can check whether a token is active, and the check revokes nothing', async (t) => {
  const { authority, call, ci } = await leaking(t)
  // Older releases of TruffleHog send no content type at all.
  const ask = (body: unknown) =>
    authority.app.server.inject({
      method: 'POST',
      url: '/leaks/trufflehog',
      payload: Buffer.from(JSON.stringify(body)),
    })
  const askWith = (token: string) => ask({ mintmark: { token: [`${token}"`, token] } })
  assert.deepEqual([(await askWith(ci.token)).statusCode, (await askWith(ci.token)).body], [200, ''])
  assert.equal((await askWith(`${ci.token.slice(0, -4)}AAAA`)).statusCode, 403)
  assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
  for (const body of [{}, [], { a: 1 }, { a: { b: [] } }, { a: { b: [5] } }])
    assert.equal((await ask(body)).statusCode, 422)
})

test('patterns are public, in every format', async (t) => {
  const { call } = await startAuthority(t)
  for (const format of ['github', 'github-strict', 'gitleaks', 'trufflehog', 'gitlab', 'regex']) {
    const answer = await call('GET', `/leaks/patterns?format=${format}`, { token: null })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9/, format)
  }
  assert.equal((await call('GET', '/leaks/patterns?format=smoke', { token: null })).status, 400)
})

test('no report of a flood of 10,000 is lost, and tokens are still verified', async (t) => {
  const { authority, call, ci } = await leaking(t, { ...pinned, invalidTokensPerMinute: 1_000 })
  const minted = await Promise.all(
    Array.from(
      { length: 100 },
      async () =>
        (await call('POST', `/service-accounts/${ci.id}/access-tokens`, { body: document('access-tokens', {}) })).json
          .data.attributes.token as string,
    ),
  )
  const guesses = Array.from(
    { length: 9_900 },
    (_, number) => `${ci.token.slice(0, -6)}${String(number).padStart(6, 'A')}`,
  )
  const all = [...minted, ...guesses].toSorted((one, other) => (one.slice(-5) < other.slice(-5) ? -1 : 1))
  const bodies = Array.from({ length: 20 }, (_, part) =>
    JSON.stringify(all.slice(part * 500, part * 500 + 500).map((token) => ({ token, type: 'x', url: '' }))),
  )
  const [answers, pings] = await Promise.all([
    Promise.all(bodies.map((body) => partner(authority, body))),
    Promise.all(Array.from({ length: 50 }, () => call('GET', '/ping', { token: ci.token }))),
  ])
  const labels = answers.flatMap(({ json }) => json.map(({ label }: { label: string }) => label))
  assert.equal(labels.filter((label) => label === 'true_positive').length, 100)
  assert.equal(labels.length, 10_000)
  assert.ok(pings.every(({ status }) => status === 200))
  assert.equal(
    (await call('GET', '/leak-reports?filter[action-taken]=revoked')).json.meta.pagination['total-count'],
    100,
  )
  for (const token of minted) assert.equal((await call('GET', '/ping', { token })).status, 401)
})
