/** GitHub's alert webhook, with a stand-in for its REST API that follows the types that Octokit publishes. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import type { components } from '@octokit/openapi-types'
import { jwtVerify } from 'jose'
import { type Authority, machine, startAuthority } from '../../../testing/kit.ts'
import { rawSql } from '../../../testing/raw-sql.ts'
import { fixedWorld } from '../../world.ts'

type Alert = components['schemas']['secret-scanning-alert']
type Location = components['schemas']['secret-scanning-location']
type Created = components['schemas']['webhook-secret-scanning-alert-created']
type InstallationToken = components['schemas']['installation-token']
type LocationCreated = components['schemas']['webhook-secret-scanning-alert-location-created']

const settings = {
  webhookSecret: 'a secret of the webhook',
  login: { token: 'ghp_standin' },
  address: 'https://git.example.com/api/v3',
}
const start = '2030-01-01T00:00:00.000Z'

interface StandIn {
  alert: Alert
  locations: Location[]
  fails: number
  readonly requests: string[]
}

async function setUp(t: Parameters<typeof startAuthority>[0], alert: Alert = {}) {
  const world = fixedWorld(start)
  const standIn: StandIn = {
    alert: { number: 7, state: 'open', ...alert },
    locations: [commitLocation('infra/main.tf', 12)],
    fails: 0,
    requests: [],
  }
  const fetch = async (url: string, { method = 'GET', headers, body }: RequestInit) => {
    assert.equal((headers as Record<string, string>)['authorization'], 'Bearer ghp_standin')
    standIn.requests.push(`${method} ${url.replace(settings.address, '')}`)
    if (standIn.fails > 0) {
      standIn.fails -= 1
      return new Response('{"message":"Server Error"}', { status: 502 })
    }
    if (url.includes('/locations')) return Response.json(standIn.locations)
    if (method === 'PATCH') standIn.alert = { ...standIn.alert, ...(JSON.parse(String(body)) as Alert) }
    return Response.json(standIn.alert)
  }
  const authority = await startAuthority(t, { world, fetch, github: settings, invalidTokensPerMinute: 1_000 })
  const ci = await machine(authority, 'ci')
  standIn.alert.secret ??= ci.token
  return { authority, world, standIn, ci, call: authority.call }
}

const commitLocation = (path: string, line: number): Location => ({
  type: 'commit',
  details: {
    path,
    start_line: line,
    end_line: line,
    start_column: 1,
    end_column: 200,
    blob_sha: 'af5626b4a114abcb82d63db7c8082c3c4756e51b',
    blob_url: 'https://git.example.com/api/v3/repos/org/repo/git/blobs/af5626b4a114abcb82d63db7c8082c3c4756e51b',
    commit_sha: 'f14d7debf9775f957cf4f1e8176da0786431f72b',
    commit_url: 'https://git.example.com/api/v3/repos/org/repo/git/commits/f14d7debf9775f957cf4f1e8176da0786431f72b',
    html_url: `https://git.example.com/org/repo/blob/f14d7debf9775f957cf4f1e8176da0786431f72b/${path}#L${line}`,
  },
})

const repository = (isPrivate: boolean) => ({ id: 1, name: 'repo', full_name: 'org/repo', private: isPrivate })
const created = (isPrivate = false): Partial<Record<keyof Created, unknown>> => ({
  action: 'created',
  alert: { number: 7, publicly_leaked: false },
  repository: repository(isPrivate),
})

function deliver({ call }: Authority, body: unknown, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body)
  const signature = `sha256=${createHmac('sha256', settings.webhookSecret).update(text).digest('hex')}`
  return call('POST', '/leaks/github/webhook', {
    token: null,
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'secret_scanning_alert',
      'x-github-delivery': 'delivery-1',
      'x-hub-signature-256': signature,
      ...headers,
    },
  })
}

const reports = async ({ call }: Authority) => {
  const { data } = (await call('GET', '/leak-reports')).json
  return data
    .map(({ attributes }: { attributes: object }) => attributes)
    .toSorted((one: { path: string }, other: { path: string }) => (one.path < other.path ? -1 : 1))
}

describe('an alert of GitHub', () => {
  test('end to end: the secret is fetched and verified, the token revoked, its owner notified, the alert resolved as revoked', async (t) => {
    const { authority, standIn, ci, call } = await setUp(t)
    assert.deepEqual((await deliver(authority, created())).json, { queued: true })
    assert.equal(
      (await call('GET', '/ping', { token: ci.token })).status,
      200,
      'the response does not wait for the processing',
    )
    assert.equal(await authority.app.lookAtAlerts(), 1)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    assert.partialDeepStrictEqual(await reports(authority), [
      {
        source: 'github-alert',
        'location-kind': 'public',
        repository: 'org/repo',
        path: 'infra/main.tf',
        line: 12,
        commit: 'f14d7debf9775f957cf4f1e8176da0786431f72b',
        'action-taken': 'revoked',
      },
    ])
    assert.partialDeepStrictEqual(standIn.alert, {
      state: 'resolved',
      resolution: 'revoked',
      resolution_comment: 'Mintmark revoked this token and notified its owner.',
    })
    assert.equal((await call('GET', '/notifications')).json.data[0].attributes.kind, 'token.leaked')
    assert.equal(await authority.app.lookAtAlerts(), 0)
    assert.ok(authority.log.every((line) => !line.includes('ghp_') && !line.includes('eyJ')))
  })

  test('of a private repository notifies and stays open, and revokes the token once it leaks publicly', async (t) => {
    const { authority, standIn, ci, call } = await setUp(t)
    await deliver(authority, created(true))
    await authority.app.lookAtAlerts()
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 200)
    assert.partialDeepStrictEqual(await reports(authority), [
      { 'location-kind': 'private', 'action-taken': 'notified' },
    ])
    assert.equal(standIn.alert.state, 'open')
    await deliver(authority, { ...created(true), action: 'publicly_leaked' }, { 'x-github-delivery': 'delivery-2' })
    await authority.app.lookAtAlerts()
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
    assert.equal(standIn.alert.resolution, 'revoked')
  })

  test('is processed once per delivery, and again for each new location', async (t) => {
    const { authority, standIn } = await setUp(t)
    await deliver(authority, created(true))
    assert.deepEqual((await deliver(authority, created(true))).json, { queued: false })
    await authority.app.lookAtAlerts()
    standIn.locations.push(commitLocation('other/file.tf', 3))
    const moved: Partial<Record<keyof LocationCreated, unknown>> = {
      action: 'created',
      alert: { number: 7 },
      location: commitLocation('other/file.tf', 3),
      repository: repository(true),
    }
    await deliver(authority, moved, {
      'x-github-event': 'secret_scanning_alert_location',
      'x-github-delivery': 'delivery-2',
    })
    await authority.app.lookAtAlerts()
    assert.deepEqual(
      (await reports(authority)).map(({ path, times }: { path: string; times: number }) => [path, times]),
      [
        ['infra/main.tf', 2],
        ['other/file.tf', 1],
      ],
    )
  })

  test('for a token of another installation is not changed', async (t) => {
    const { authority, standIn } = await setUp(t, {
      secret: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzY2FscjpvdGhlciJ9.c2ln',
    })
    await deliver(authority, created())
    await authority.app.lookAtAlerts()
    assert.deepEqual(standIn.requests, ['GET /repos/org/repo/secret-scanning/alerts/7'])
    assert.equal(standIn.alert.state, 'open')
  })

  test('is retried with growing pauses while GitHub is down', async (t) => {
    const { authority, standIn, world, ci, call } = await setUp(t)
    standIn.fails = 2
    await deliver(authority, created())
    await authority.app.lookAtAlerts()
    world.set('2030-01-01T00:00:04.999Z')
    assert.equal(await authority.app.lookAtAlerts(), 0, 'not at once')
    world.set('2030-01-01T00:00:07.000Z')
    assert.equal(await authority.app.lookAtAlerts(), 1)
    world.set('2030-01-01T00:05:06.999Z')
    assert.equal(await authority.app.lookAtAlerts(), 0)
    world.set('2030-01-01T00:06:23.000Z')
    assert.equal(await authority.app.lookAtAlerts(), 1)
    assert.equal((await call('GET', '/ping', { token: ci.token })).status, 401)
  })

  test('control characters in a file name are removed', async (t) => {
    const { authority, standIn } = await setUp(t)
    standIn.locations = [commitLocation('a\u0000b\u001b[2J\u202e/c.tf\n', 3)]
    await deliver(authority, created())
    await authority.app.lookAtAlerts()
    const [{ path, url }] = await reports(authority)
    assert.equal(path, 'a b [2J /c.tf')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
    assert.doesNotMatch(url, /[\u0000-\u001f]/)
  })

  test('is given up after ten attempts, and the stored reason contains no secret', async (t) => {
    const { authority, standIn, world } = await setUp(t)
    standIn.fails = 100
    await deliver(authority, created())
    let looks = 0
    for (let day = 1; day <= 14; day += 1) {
      looks += await authority.app.lookAtAlerts()
      world.set(`2030-01-${String(day + 1).padStart(2, '0')}T06:00:00.000Z`)
    }
    assert.equal(looks, 10)
    const [row] = await rawSql(authority.database, 'select attempts, outcome from github_alerts')
    const outcome = 'given up: GitHub answered 502 to GET /repos/org/repo/secret-scanning/alerts/7'
    assert.deepEqual(row, { attempts: 10, outcome })
  })
})

describe('a delivery', () => {
  test('without a valid signature is refused and not queued', async (t) => {
    const { authority } = await setUp(t)
    for (const signature of [
      '',
      'sha256=',
      `sha256=${'0'.repeat(64)}`,
      `sha1=${'0'.repeat(40)}`,
      createHmac('sha256', 'other').update(JSON.stringify(created())).digest('hex'),
    ]) {
      const refused = await deliver(authority, created(), { 'x-hub-signature-256': signature })
      assert.deepEqual([refused.status, refused.json.errors[0].code], [401, 'invalid-signature'])
    }
    assert.equal(await authority.app.lookAtAlerts(), 0)
    const unset = await startAuthority(t)
    assert.equal((await deliver(unset, created())).status, 401)
  })

  test('of another event or action is accepted and not queued', async (t) => {
    const { authority } = await setUp(t)
    for (const [event, body] of [
      ['ping', { zen: 'x' }],
      ['secret_scanning_alert', { ...created(), action: 'resolved' }],
      ['secret_scanning_scan', { action: 'completed' }],
      ['push', {}],
    ] as const)
      assert.deepEqual((await deliver(authority, body, { 'x-github-event': event })).json, { queued: false })
  })

  test('with an invalid body is rejected with a pointer', async (t) => {
    const { authority } = await setUp(t)
    const cases = [
      [{ ...created(), alert: { number: '7' } }, '/alert/number'],
      [{ ...created(), alert: undefined }, '/alert/number'],
      [{ ...created(), repository: { full_name: '../../etc' } }, '/repository/full_name'],
      [{ ...created(), repository: { full_name: '../repo' } }, '/repository/full_name'],
      [{ ...created(), repository: { full_name: 'org/..' } }, '/repository/full_name'],
      [{ ...created(), repository: { full_name: 'org/repo?x' } }, '/repository/full_name'],
    ] as const
    for (const [body, pointer] of cases) {
      const refused = await deliver(authority, body)
      assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, pointer])
    }
    assert.equal((await deliver(authority, created(), { 'x-github-delivery': '' })).status, 400)
  })
})

test('a GitHub App authenticates for the repository only, and reuses its token until it expires', async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const world = fixedWorld(start)
  const alert: Alert = { number: 7, state: 'open', secret: '' }
  let signIns = 0
  const fetch = async (url: string, { method = 'GET', headers, body }: RequestInit) => {
    const { authorization = '' } = headers as Record<string, string>
    const path = url.replace(settings.address, '')
    if (path.endsWith('/installation') || path.startsWith('/app/')) {
      const { payload, protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), publicKey, {
        issuer: 'Iv1.app',
        currentDate: world.now(),
      })
      assert.equal(protectedHeader.alg, 'RS256')
      assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 600, 'GitHub allows ten minutes')
    } else assert.equal(authorization, `Bearer ghs_${signIns}`)
    if (path === '/repos/org/repo/installation') return Response.json({ id: 42 })
    if (path === '/app/installations/42/access_tokens') {
      assert.deepEqual(JSON.parse(String(body)), {
        repositories: ['repo'],
        permissions: { secret_scanning_alerts: 'write' },
      })
      signIns += 1
      const expiresAt = new Date(world.now().getTime() + 60 * 60_000).toISOString()
      return Response.json({ token: `ghs_${signIns}`, expires_at: expiresAt } satisfies Partial<InstallationToken>)
    }
    if (path.includes('/locations')) return Response.json([])
    if (method === 'PATCH') Object.assign(alert, JSON.parse(String(body)))
    return Response.json(alert)
  }
  const github = { ...settings, login: { app: 'Iv1.app', key: privateKey } }
  const authority = await startAuthority(t, { world, fetch, github })
  alert.secret = (await machine(authority, 'ci')).token
  await deliver(authority, created())
  await authority.app.lookAtAlerts()
  assert.partialDeepStrictEqual(alert, { state: 'resolved', resolution: 'revoked' })
  assert.equal(signIns, 1)
  world.set('2030-01-01T00:56:00.000Z')
  await deliver(authority, created(), { 'x-github-delivery': 'delivery-2' })
  await authority.app.lookAtAlerts()
  assert.equal(signIns, 2, 'a token that is about to expire is not used')
})
