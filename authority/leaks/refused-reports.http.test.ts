/** Invalid reports are refused with the right status, counted by source and reason, and revoke nothing. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Answer, type Authority, machine, startAuthority } from '../../testing/kit.ts'
import { fixedWorld } from '../world.ts'
import { githubReporter, reportersIn } from './reporters.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const unknownKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const keys = {
  public_keys: [
    { key_identifier: 'one', key: pem, is_current: true },
    { key_identifier: 'old', key: pem, is_current: false },
  ],
}
const elsewhere = {
  name: 'elsewhere',
  'identifier-header': 'X-Key',
  'signature-header': 'X-Signature',
  'keys-url': 'https://keys.example.com/',
}
const metricsToken = 'a token for metrics'.replaceAll(' ', '-')
const webhookSecret = 'a secret of the webhook'

async function setUp(t: Parameters<typeof startAuthority>[0]) {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, {
    world,
    metricsToken,
    reporters: [githubReporter(undefined, keys), ...reportersIn([elsewhere])],
    gitlabToken: 'shared-with-gitlab',
    github: { webhookSecret, login: { token: 'ghp_standin' }, address: 'https://git.example.com/api/v3' },
    fetch: async () => new Response('no', { status: 500 }),
  })
  const ci = await machine(authority, 'ci')
  return { authority, world, ci, call: authority.call }
}

const send = (
  { call }: Authority,
  path: string,
  body: string,
  headers: Record<string, string>,
  remoteAddress: string,
) =>
  call('POST', path, { token: null, body, remoteAddress, headers: { 'content-type': 'application/json', ...headers } })

const signed = (body: string, key = privateKey) => sign('sha256', Buffer.from(body), key).toString('base64')
const partner = (body: string, identifier = 'one', signature = signed(body)) => ({
  'github-public-key-identifier': identifier,
  'github-public-key-signature': signature,
})
const hook = (body: string, id = 'delivery-1', secret = webhookSecret) => ({
  'x-github-event': 'secret_scanning_alert',
  'x-github-delivery': id,
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
})

/** Returns the samples of one metric, `{source="…",reason="…"} n`, by `source reason`. */
async function counted({ call }: Authority, name: string): Promise<Record<string, number>> {
  const { status, text } = await call('GET', '/metrics', { token: metricsToken })
  assert.equal(status, 200)
  const rows = [...text.matchAll(new RegExp(`^mintmark_${name}\\{(.*)\\} (\\d+)$`, 'gm'))]
  return Object.fromEntries(
    rows.map(([, labels = '', value]) => [
      [...labels.matchAll(/"([^"]*)"/g)].map(([, label]) => label).join(' '),
      Number(value),
    ]),
  )
}

test('an invalid report is refused with the right status, counted by source and reason, and revokes nothing', async (t) => {
  const { authority, call, ci } = await setUp(t)
  const reported = JSON.stringify([{ token: ci.token, type: 'x', url: 'https://git.example.com/a' }])
  const held = JSON.stringify({ tokens: [ci.token] })
  const long = JSON.stringify([{ token: ci.token, url: 'x'.repeat(10 * 1_048_576) }])
  const shapeless = JSON.stringify([{ token: [ci.token] }])
  const gitlab = { authorization: 'shared-with-gitlab' }
  const repository = { full_name: 'org/repo\u0007', private: false }
  const alert = JSON.stringify({ action: 'created', alert: { number: 1 }, repository })
  const cases: [path: string, body: string, headers: Record<string, string>, status: number, counted: string][] = [
    ['/leaks/github', reported, {}, 401, 'github signature-missing'],
    ['/leaks/github', reported, { 'github-public-key-identifier': 'one' }, 401, 'github signature-missing'],
    ['/leaks/github', reported, partner(reported, 'one', signed(reported, unknownKey)), 401, 'github signature-wrong'],
    ['/leaks/github', reported, partner(reported, 'one', signed(`${reported} `)), 401, 'github signature-wrong'],
    ['/leaks/github', reported, partner(reported, 'one', 'no base64 !'), 401, 'github signature-wrong'],
    ['/leaks/github', reported, partner(reported, 'two'), 401, 'github signature-unknown-key'],
    ['/leaks/github', reported, partner(reported, 'old'), 401, 'github signature-unknown-key'],
    ['/leaks/github', long, partner(long), 413, 'github body-too-large'],
    ['/leaks/github', held, partner(held), 422, 'github invalid-document'],
    ['/leaks/github', shapeless, partner(shapeless), 422, 'github invalid-attribute'],
    ['/leaks/github', '[', partner('['), 400, 'github malformed-json'],
    [
      '/leaks/elsewhere',
      reported,
      { 'x-key': 'one', 'x-signature': signed(reported) },
      503,
      'elsewhere keys-unavailable',
    ],
    ['/v1/revoke_tokens', reported, {}, 401, 'gitlab no-token'],
    ['/v1/revoke_tokens', reported, { authorization: 'shared-with-gitla' }, 401, 'gitlab no-token'],
    ['/v1/revoke_tokens', held, gitlab, 400, 'gitlab malformed-request'],
    ['/v1/revoke_tokens', long, gitlab, 413, 'gitlab body-too-large'],
    ['/leaks/report', shapeless, {}, 422, 'holder invalid-document'],
    ['/leaks/report', JSON.stringify({ tokens: [[ci.token]] }), {}, 422, 'holder invalid-document'],
    ['/leaks/report', held.slice(1), {}, 400, 'holder malformed-json'],
    ['/leaks/report', held, { 'content-type': 'image/png' }, 415, 'holder unsupported-media-type'],
    ['/leaks/report', long, {}, 413, 'holder body-too-large'],
    [
      '/leaks/github/webhook',
      alert,
      { ...hook(alert), 'x-hub-signature-256': '' },
      401,
      'github-alert signature-missing',
    ],
    ['/leaks/github/webhook', alert, hook(alert, 'a', 'other'), 401, 'github-alert signature-wrong'],
    ['/leaks/github/webhook', alert, hook(alert), 422, 'github-alert invalid-document'],
    ['/leaks/github/webhook', long, hook(long), 413, 'github-alert body-too-large'],
  ]
  const expected: Record<string, number> = {}
  for (const [index, [path, body, headers, status, reason]] of cases.entries()) {
    const refused = await send(authority, path, body, headers, `192.0.2.${index}`)
    assert.equal(refused.status, status, `${reason}: ${refused.text}`)
    assert.doesNotMatch(refused.text, /eyJ/)
    expected[reason] = (expected[reason] ?? 0) + 1
  }
  assert.deepEqual(await counted(authority, 'leak_reports_refused_total'), expected)
  assert.deepEqual(await counted(authority, 'leak_reports_accepted_total'), {})
  assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
  assert.deepEqual((await call('GET', '/leak-reports')).json.data, [])
  assert.deepEqual((await call('GET', '/audit-events?filter[action]=leak-reports.taken')).json.data, [])
})

test('repeated refusals are rate limited, and the limit is counted too', async (t) => {
  const { authority } = await setUp(t)
  const statuses: number[] = []
  for (let times = 0; times <= limits.leakReportsPerMinute; times += 1)
    statuses.push((await send(authority, '/leaks/github', '[]', {}, '192.0.2.1')).status)
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429])
  assert.deepEqual(await counted(authority, 'leak_reports_refused_total'), {
    'github signature-missing': limits.leakReportsPerMinute,
    'github too-many-reports': 1,
  })
})

test('a replayed report is counted and revokes nothing more, at any time', async (t) => {
  const { authority, world, call, ci } = await setUp(t)
  const other = await machine(authority, 'other')
  const body = JSON.stringify([{ token: ci.token, type: 'x', url: 'https://git.example.com/a' }])
  const replay = (): Promise<Answer> => send(authority, '/leaks/github', body, partner(body), '192.0.2.1')
  assert.equal((await replay()).status, 200)
  for (const time of ['2030-01-01T00:00:01.000Z', '2031-01-01T00:00:00.000Z', '2029-12-31T00:00:00.000Z']) {
    world.set(time)
    assert.deepEqual((await replay()).json[0].label, 'true_positive')
  }
  const [report, ...more] = (await call('GET', '/leak-reports')).json.data
  assert.deepEqual([report.attributes.times, report.attributes['action-taken'], more], [4, 'revoked', []])
  assert.equal((await call('GET', '/notifications')).json.data.length, 1)
  assert.equal((await call('GET', '/ping', { token: other.token })).status, 200)
  assert.deepEqual(await counted(authority, 'leak_reports_accepted_total'), {
    'github revoked': 1,
    'github inactive': 3,
  })

  const alert = JSON.stringify({
    action: 'created',
    alert: { number: 1 },
    repository: { full_name: 'org/repo', private: false },
  })
  const queued = async () =>
    (await send(authority, '/leaks/github/webhook', alert, hook(alert), '192.0.2.1')).json.queued
  assert.deepEqual([await queued(), await queued()], [true, false])
})

test('a token of another installation revokes nothing here or there, and is counted as not ours', async (t) => {
  const { authority } = await setUp(t)
  const elsewhere = await startAuthority(t)
  const there = { call: elsewhere.call, ci: await machine(elsewhere, 'ci') }
  const body = JSON.stringify([{ token: there.ci.token, type: 'x', url: '' }])
  const answer = await send(authority, '/leaks/github', body, partner(body), '192.0.2.1')
  assert.deepEqual([answer.status, answer.json[0].label], [200, 'false_positive'])
  const gitlab = { authorization: 'shared-with-gitlab' }
  assert.equal((await send(authority, '/v1/revoke_tokens', body, gitlab, '192.0.2.1')).status, 204)
  const held = JSON.stringify({ tokens: [there.ci.token, 'nonsense'] })
  assert.equal((await send(authority, '/leaks/report', held, {}, '192.0.2.1')).status, 202)
  assert.deepEqual(await counted(authority, 'leak_reports_accepted_total'), {
    'github foreign': 1,
    'gitlab foreign': 1,
    'holder foreign': 2,
  })
  assert.equal((await there.call('GET', '/ping', { token: there.ci.token })).status, 200)
  assert.deepEqual((await authority.call('GET', '/leak-reports')).json.data, [])
})

test('control characters and tokens in a location are cleaned', async (t) => {
  const { authority, call, ci } = await setUp(t)
  const location = {
    repository: 'org/\u0000re\u001bpo',
    path: `a\u202e\n${ci.token}/b\u2028.tf`,
    commit: '\u0000',
    line: -1,
  }
  const body = JSON.stringify({ tokens: [{ token: ci.token, location }] })
  assert.equal((await send(authority, '/leaks/report', body, {}, '192.0.2.1')).status, 202)
  const [{ attributes }] = (await call('GET', '/leak-reports')).json.data
  const { repository, path, commit, line } = attributes
  assert.deepEqual(
    { repository, path, commit, line },
    { repository: 'org/ re po', path: 'a  [token]/b .tf', commit: null, line: null },
  )
})
