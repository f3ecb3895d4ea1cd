/** A user in several accounts: the strictest of their rules applies, and each account concerned is notified. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { signedIn } from '../../testing/browser.ts'
import { accountA, accountB, adminRole, serviceAccount } from '../../testing/everything.ts'
import { document, startAuthority } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { decideStrictest } from '../leaks/decide.ts'
import { fixedWorld } from '../world.ts'

const userId = 'user-v0oaaaaaaaaaaaaaa'
const account = (id: string, name: string) => ({
  type: 'accounts',
  id,
  attributes: { name },
  relationships: { owner: { data: { type: 'users', id: userId } } },
})
const resources = {
  data: [
    { type: 'users', id: userId, attributes: { email: 'owner@mintmark.internal', 'full-name': 'Owner' } },
    account(accountA, 'alpha'),
    account(accountB, 'beta'),
  ],
}
const plainJson = { 'content-type': 'application/json' }
const both = [accountA, accountB]

async function setUp(t: Parameters<typeof startAuthority>[0], database = 'SQLite') {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, {
    world,
    resources,
    email: 'owner@mintmark.internal',
    gitlabToken: 'shared-with-gitlab',
    ...(database === 'SQLite' ? {} : { store: { url: await temporaryPostgres(t) } }),
  })
  const { call } = authority
  const mint = async (attributes: object = {}) => {
    const { json, text } = await call('POST', '/access-tokens', { body: document('access-tokens', attributes) })
    assert.ok(json.data, text)
    return { id: json.data.id as string, token: json.data.attributes.token as string }
  }
  const act = (path: string, body: object, token?: string) =>
    call('POST', path, { body, headers: plainJson, ...(token ? { token } : {}) })
  /** The accounts that have exactly one such row. */
  const accountsWithRow = async (path: string) => {
    const counts = await Promise.all(
      both.map(async (id) => (await call('GET', `${path}&filter[account]=${id}`)).json.data.length),
    )
    return both.filter((_, at) => counts[at] === 1)
  }
  const auditedIn = (action: string, subject: string) =>
    accountsWithRow(`/audit-events?filter[action]=${action}&filter[subject-id]=${subject}`)
  const leak = (token: string) =>
    call('POST', '/v1/revoke_tokens', {
      token: null,
      body: [{ type: 'gitleaks_rule_id_mintmark-token', token, location: 'https://gitlab.example.com/a' }],
      headers: { authorization: 'shared-with-gitlab', ...plainJson },
    })
  const setRules = (id: string, attributes: object) =>
    call('PATCH', `/leak-rules?filter[account]=${id}`, { body: document('leak-rules', attributes) })
  const isAccepted = async (token: string) => (await call('GET', '/ping', { token })).status === 200
  return { world, authority, call, mint, act, accountsWithRow, auditedIn, leak, setRules, isAccepted }
}

test('the strictest of several actions applies, and the shortest overlap of those that require a rotation', () => {
  const rules = (action: 'revoke' | 'rotate' | 'notify', overlap: number) =>
    ({ public: action, private: action, overlap, sources: [] }) as const
  const [revoke, longer, shorter, notify] = [
    rules('revoke', 1),
    rules('rotate', 20),
    rules('rotate', 10),
    rules('notify', 2),
  ]
  const finding = { source: 'github', confidence: 'confirmed', locationKind: 'public' } as const
  for (const [given, action, overlap] of [
    [[notify, revoke, longer], 'revoke', 1],
    [[longer, notify, shorter], 'rotate', 10],
    [[notify, notify], 'notify', 2],
  ] as const)
    assert.deepEqual(decideStrictest(given, finding), { action, overlap })
})

describe('a leaked token of a user in two accounts', () => {
  for (const [database, strict] of [
    ['SQLite', accountA],
    ['SQLite', accountB],
    ['PostgreSQL', accountB],
  ] as const)
    test(`is revoked if one account requires it (${strict === accountA ? 'the first' : 'the second'}), and both are notified (${database})`, async (t) => {
      const { mint, leak, setRules, isAccepted, auditedIn, accountsWithRow } = await setUp(t, database)
      for (const id of both) await setRules(id, { public: id === strict ? 'revoke' : 'notify' })
      const { id, token } = await mint()
      await leak(token)
      assert.equal(await isAccepted(token), false)
      assert.deepEqual(await auditedIn('access-tokens.minted', id), both)
      assert.deepEqual(await auditedIn('access-tokens.deleted', id), both)
      assert.deepEqual(await accountsWithRow('/audit-events?filter[action]=leak-reports.taken'), both)
      assert.deepEqual(await accountsWithRow(`/notifications?filter[kind]=token.leaked&filter[subject-id]=${id}`), both)
      assert.deepEqual(await accountsWithRow(`/leak-reports?filter[token]=${id}`), [accountA])
    })

  test('narrowed to one of them follows the rules of that one, and notifies it alone', async (t) => {
    const { mint, leak, setRules, isAccepted, auditedIn, accountsWithRow } = await setUp(t)
    await setRules(accountA, { public: 'revoke' })
    await setRules(accountB, { public: 'notify' })
    const { id, token } = await mint({ scopes: [accountB] })
    await leak(token)
    assert.equal(await isAccepted(token), true)
    assert.deepEqual(await auditedIn('access-tokens.minted', id), [accountB])
    assert.deepEqual(await accountsWithRow(`/notifications?filter[kind]=token.leaked&filter[subject-id]=${id}`), [
      accountB,
    ])
  })

  test('narrowed to one of them shows its report to that one alone', async (t) => {
    const { authority, mint, leak } = await setUp(t)
    const { token, id } = await mint({ scopes: [accountA] })
    await leak(token)
    const seen = await Promise.all(
      both.map(async (of, at) => {
        const reader = await serviceAccount(authority, of, `reader ${at}`, adminRole, ['account', 'accounts', of])
        const { json } = await authority.call('GET', `/leak-reports?filter[token]=${id}`, { token: reader })
        return json.data.length
      }),
    )
    assert.deepEqual(seen, [1, 0])
  })

  test('expires after the shorter overlap', async (t) => {
    const { mint, leak, setRules, call } = await setUp(t)
    await setRules(accountA, { public: 'rotate', overlap: 20 })
    await setRules(accountB, { public: 'rotate', overlap: 10 })
    const { id, token } = await mint()
    await leak(token)
    const { attributes } = (await call('GET', `/access-tokens/${id}`)).json.data
    assert.equal(attributes['expires-at'], '2030-01-01T00:10:00.000Z')
  })
})

test('each account audits what happens to a personal token, and its refusals', async (t) => {
  const { authority, call, mint, act, auditedIn, leak, setRules, accountsWithRow } = await setUp(t)
  const { id, token } = await mint({ 'expires-in': 60 })
  await call('PATCH', `/access-tokens/${id}`, { body: document('access-tokens', { name: 'other' }) })
  assert.deepEqual(await auditedIn('access-tokens.updated', id), both)
  await act(`/access-tokens/${id}/actions/rotate`, {})
  assert.deepEqual(await auditedIn('access-tokens.rotated', id), both)
  await call('DELETE', `/access-tokens/${id}`)
  assert.deepEqual(await auditedIn('access-tokens.deleted', id), both)
  await call('GET', '/ping', { token })
  const narrow = await mint({ permissions: ['tags:read'] })
  await call('GET', '/roles', { token: narrow.token })
  await authority.app.flush()
  for (const each of [id, narrow.id]) assert.deepEqual(await auditedIn('access-tokens.refused', each), both)

  for (const each of both) await setRules(each, { public: 'rotate', overlap: 30 })
  const leaked = await mint()
  await leak(leaked.token)
  assert.deepEqual(await auditedIn('access-tokens.limited', leaked.id), both)
  await act(`/access-tokens/${leaked.id}/actions/rotate`, {})
  assert.deepEqual(await accountsWithRow('/notifications?filter[kind]=leaked-token.rotated'), both)
  const [report] = (await call('GET', '/leak-reports')).json.data
  await act(`/leak-reports/${report.id}/actions/contain`, { what: 'family' })
  assert.deepEqual(await auditedIn('leak-reports.contained', report.id), both)
})

test('a token is contained in its own account, even if another account has the report', async (t) => {
  const { mint, call, act, leak, setRules, auditedIn } = await setUp(t)
  for (const each of both) await setRules(each, { public: 'notify' })
  const leaked = await mint()
  const made = await call('POST', '/service-accounts', {
    body: document('service-accounts', { name: 'job' }, { account: ['accounts', accountB] }),
  })
  const child = await call('POST', `/service-accounts/${made.json.data.id}/access-tokens`, {
    token: leaked.token,
    body: document('access-tokens', {}),
  })
  await leak(leaked.token)
  const [report] = (await call('GET', '/leak-reports')).json.data
  await act(`/leak-reports/${report.id}/actions/contain`, { what: 'network' })
  assert.deepEqual(await auditedIn('access-tokens.deleted', child.json.data.id), [accountB])
  assert.deepEqual(await auditedIn('access-tokens.deleted', leaked.id), both)
})

test('a narrowed token can rotate itself even if allowed networks hide one of its accounts', async (t) => {
  const { call, mint } = await setUp(t)
  const changed = await call('PATCH', `/accounts/${accountA}`, {
    body: document('accounts', { 'allowed-ips': ['192.0.2.0/24'] }),
  })
  assert.equal(changed.status, 200, changed.text)
  const { token } = await mint({ permissions: ['tags:read'] })
  const rotated = await call('POST', '/access-tokens/self/actions/rotate', {
    token,
    body: {},
    headers: plainJson,
    remoteAddress: '203.0.113.9',
  })
  assert.equal(rotated.status, 201, rotated.text)
  assert.deepEqual(rotated.json.data.attributes.permissions, ['tags:read'])
})

test('reading and changing the rules of an account requires naming it', async (t) => {
  const { call } = await setUp(t)
  for (const type of ['security-rules', 'leak-rules'])
    for (const method of ['GET', 'PATCH']) {
      const answer = await call(method, `/${type}`, method === 'PATCH' ? { body: document(type, {}) } : {})
      assert.deepEqual(
        [answer.status, answer.json.errors[0].source],
        [400, { parameter: 'filter[account]' }],
        answer.text,
      )
    }
})

test('each account audits sign-ins and changes of sign-in methods', async (t) => {
  const { call } = await signedIn(t, { resources, email: 'owner@mintmark.internal' })
  const actionsIn = async (id: string): Promise<string[]> =>
    (
      await call('GET', `/audit-events?filter[account]=${id}&filter[subject-id]=${userId}&sort=at&page[size]=100`)
    ).json.data
      .map(({ attributes }: { attributes: { action: string } }) => attributes.action)
      .toSorted()
  const [first, second] = [await actionsIn(accountA), await actionsIn(accountB)]
  for (const action of ['sessions.created', 'users.password-changed']) assert.ok(first.includes(action), String(first))
  assert.deepEqual(second, first)
})
