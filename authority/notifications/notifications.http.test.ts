import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import type { Context } from '../context.ts'
import { openDatabase } from '../database/database.ts'
import { openVault } from '../vault/vault.ts'
import { realWorld } from '../world.ts'
import { type NotificationInput, notify } from './notify.ts'
import { purgeNotifications } from './purge-notifications.ts'
import { openKeys } from './webhook-secret.ts'

const url = 'https://hooks.invalid/hook'

async function prepared(t: Parameters<typeof startAuthority>[0]) {
  const authority = await startAuthority(t)
  const { call, database } = authority
  const account = authority.prepared.account
  // Each notification is 10 ms later than the one before.
  let created = 0
  const world = { ...realWorld, now: () => new Date(Date.now() + ++created * 10) }
  const create = (input: Partial<NotificationInput>) =>
    database.write((db) =>
      notify({ db, world } as Context, {
        kind: 'token.leaked',
        accountId: account,
        ownerKind: null,
        ownerId: null,
        subjectType: 'access-tokens',
        subjectId: 'at-v0oaaaaaaaaaaaaaa',
        data: { location: 'a public repository' },
        ...input,
      }),
    )
  return { authority, account, call, create }
}

test('the feed lists notifications, sorted by time and filtered by kind, owner, subject and time', async (t) => {
  const { authority, call, create } = await prepared(t)
  const first = await create({})
  const second = await create({
    kind: 'webhook.disabled',
    ownerKind: 'service-account',
    ownerId: 'sa-1',
    subjectId: 'at-2',
  })
  const ids = async (query: string) => {
    const answer = await call('GET', `/notifications?${query}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.json.data.map(({ id }: { id: string }) => id)
  }
  assert.deepEqual(await ids('sort=at'), [first, second])
  assert.deepEqual(await ids('sort=-at'), [second, first])
  assert.deepEqual(await ids('filter[kind]=webhook.disabled'), [second])
  assert.deepEqual(await ids('filter[owner-id]=sa-1'), [second])
  assert.deepEqual(await ids('filter[subject-id]=at-2'), [second])
  assert.deepEqual(await ids(`filter[account]=${authority.prepared.account}&sort=at`), [first, second])
  assert.deepEqual(await ids('filter[account]=acc-none'), [])
  const { at } = (await call('GET', `/notifications/${second}`)).json.data.attributes
  assert.deepEqual(await ids(`filter[after]=${at}`), [second])
  assert.deepEqual(await ids(`filter[before]=${at}`), [first])
  assert.equal((await call('GET', '/notifications?filter[seen]=x')).status, 400)
  assert.deepEqual((await call('GET', `/notifications/${first}`)).json.data.attributes.data, {
    location: 'a public repository',
  })
})

test('a person sees their own notifications, also without an account; others need the permission', async (t) => {
  const { authority, account, call, create } = await prepared(t)
  const own = await create({ accountId: null, ownerKind: 'user', ownerId: authority.prepared.user })
  const others = await create({ ownerKind: 'user', ownerId: 'user-v0ozzzzzzzzzzzzzz' })
  const scope = ['accounts', account] as const
  const reader = await machine(authority, 'reader', { permissions: ['notifications:read'], scope })
  const none = await machine(authority, 'none', { permissions: ['teams:read'], scope })
  const seen = async (token: string) => {
    const listed = await call('GET', '/notifications', { token })
    const each = await Promise.all([own, others].map((id) => call('GET', `/notifications/${id}`, { token })))
    return [listed.json.data.length, ...each.map(({ status }) => status)]
  }
  assert.deepEqual(await seen(authority.prepared.token), [2, 200, 200])
  assert.deepEqual(await seen(reader.token), [1, 404, 200])
  assert.deepEqual(await seen(none.token), [0, 404, 404])
  const narrow = await call('POST', '/access-tokens', {
    body: document('access-tokens', { name: 'narrow', permissions: ['teams:read'] }),
  })
  assert.deepEqual(await seen(narrow.json.data.attributes.token), [0, 404, 404], 'a narrowed token sees less')
})

test('the webhook secret is only in the response that created it', async (t) => {
  const { authority, call } = await prepared(t)
  const made = await call('POST', '/webhooks', { body: document('webhooks', { url }) })
  const { id } = made.json.data
  const secrets = [made.json.data.attributes.secret as string]
  assert.match(secrets[0] as string, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const rotated = await call('POST', `/webhooks/${id}/actions/rotate-secret`)
  secrets.push(rotated.json.data.attributes.secret)
  assert.equal(new Set(secrets).size, 2)
  const body = { data: { type: 'webhooks', attributes: { kinds: ['token.leaked'], secret: secrets[0] } } }
  const answers = [
    await call('PATCH', `/webhooks/${id}`, { body }),
    await call('GET', `/webhooks/${id}`),
    await call('GET', '/webhooks'),
    await call('POST', `/webhooks/${id}/actions/test`),
    await call('GET', '/notifications'),
    await call('GET', '/audit-events'),
  ]
  await authority.app.deliver()
  answers.push(await call('DELETE', `/webhooks/${id}`), await call('GET', '/audit-events'))
  const rows = await Promise.all(
    ['webhooks', 'webhook_deliveries', 'notifications', 'audit_events'].map((table) =>
      rawSql(authority.database, `select * from ${table}`),
    ),
  )
  const output = [...answers.map(({ text }) => text), ...authority.log, JSON.stringify(rows)].join('\n')
  for (const { status } of answers) assert.ok(status < 300)
  for (const secret of secrets) assert.ok(!output.includes(secret.slice(6, 40)))
  const events = (await call('GET', '/audit-events?sort=at&page[size]=100')).json.data
    .map(({ attributes }: { attributes: { action: string } }) => attributes.action)
    .filter((action: string) => action.startsWith('webhooks.'))
  assert.deepEqual(
    events,
    ['created', 'secret-rotated', 'updated', 'tested', 'deleted'].map((verb) => `webhooks.${verb}`),
  )
})

test('an invalid webhook is rejected with a pointer to the attribute', async (t) => {
  const { authority, call } = await prepared(t)
  const refused = async (attributes: object) => {
    const answer = await call('POST', '/webhooks', { body: document('webhooks', attributes) })
    return [answer.status, answer.json.errors?.[0]?.source?.pointer]
  }
  const at = (attribute: string) => [422, `/data/attributes/${attribute}`]
  assert.deepEqual(await refused({}), at('url'))
  for (const wrong of ['', 'host', 'http://192.0.2.1/', 'https://a:b@host/', 'ftp://host/', 7, null])
    assert.deepEqual(await refused({ url: wrong }), at('url'), String(wrong))
  assert.deepEqual(await refused({ url: `${url}?key=${authority.prepared.token}` }), at('url'))
  assert.deepEqual(await refused({ url, status: 'Asleep' }), at('status'))
  assert.deepEqual(await refused({ url, kinds: ['token.leaked', 'Leaked'] }), at('kinds/1'))
  const made = await call('POST', '/webhooks', { body: document('webhooks', { url }) })
  const body = { data: { type: 'webhooks', attributes: { url: 'http://elsewhere/' } } }
  assert.equal((await call('PATCH', `/webhooks/${made.json.data.id}`, { body })).status, 422)
})

test('the number of webhooks per account is limited', async (t) => {
  const { call } = await prepared(t)
  const createWebhook = () => call('POST', '/webhooks', { body: document('webhooks', { url }) })
  for (let i = 0; i < 50; i++) assert.equal((await createWebhook()).status, 201)
  assert.equal((await createWebhook()).status, 409)
})

test('the permissions webhooks:* of Scalr’s catalogue do not open the webhooks of notifications', async (t) => {
  const { authority, account, call } = await prepared(t)
  const { id } = (await call('POST', '/webhooks', { body: document('webhooks', { url }) })).json.data
  const body = document('webhooks', { url })
  const update = { data: { type: 'webhooks', attributes: { status: 'Disabled' } } }
  const requests: [method: string, path: string, body?: unknown, allowed?: number][] = [
    ['GET', `/webhooks/${id}`, undefined, 200],
    ['POST', '/webhooks', body, 201],
    ['PATCH', `/webhooks/${id}`, update, 200],
    ['POST', `/webhooks/${id}/actions/rotate-secret`, undefined, 200],
    ['DELETE', `/webhooks/${id}`, undefined, 204],
  ]
  const near = await machine(authority, 'near', {
    permissions: ['webhooks:*', 'webhooks:read', 'notifications:read', 'accounts:read'],
    scope: ['accounts', account],
  })
  assert.deepEqual((await call('GET', '/webhooks', { token: near.token })).json.data ?? [], [])
  for (const [method, path, sent] of requests) {
    const { status, text } = await call(method, path, { token: near.token, body: sent })
    assert.ok(status === 403 || status === 404, `${method} ${path}: ${status} ${text}`)
  }
  const holder = await machine(authority, 'holder', {
    permissions: ['notification-webhooks:*', 'notifications:read', 'accounts:read'],
    scope: ['accounts', account],
  })
  for (const [method, path, sent, allowed] of requests)
    assert.equal((await call(method, path, { token: holder.token, body: sent })).status, allowed, `${method} ${path}`)
})

test('a secret that was sealed under the former name of the table still signs', async (t) => {
  const database = await openDatabase(await stores.sqlite(t))
  t.after(() => database.close())
  const vault = openVault(realWorld, masterKeys)
  const key = randomBytes(32)
  const sealed = await database.write((db) => vault.seal(db, 'acc-a', 'notice_webhooks/nwh-1/sealed', key))
  const at = { db: database.read, vault, accountId: 'acc-a', id: 'nwh-1' }
  const keys = await openKeys(at, { sealed, sealedBefore: null, beforeUntil: null }, realWorld.now())
  assert.deepEqual(keys, [key])
})

test('a user is notified if someone else revokes their token, but not of their own revocations', async (t) => {
  const authority = await startAuthority(t)
  const { call, prepared } = authority
  const account = prepared.account
  const admin = await machine(authority, 'admin', { permissions: ['*:*'], scope: ['accounts', account] })
  const create = async (path: string) =>
    (await call('POST', path, { body: document('access-tokens', { name: 'x' }) })).json.data
  const [own, revoked] = [await create('/access-tokens'), await create('/access-tokens')]
  const ofMachine = await create(`/service-accounts/${admin.id}/access-tokens`)
  assert.equal((await call('DELETE', `/access-tokens/${own.id}`)).status, 204)
  assert.equal((await call('DELETE', `/access-tokens/${ofMachine.id}`)).status, 204)
  assert.equal((await call('DELETE', `/access-tokens/${revoked.id}`, { token: admin.token })).status, 204)
  const { json } = await call('GET', '/notifications?filter[kind]=token.revoked')
  assert.deepEqual(
    json.data.map(({ attributes }: { attributes: Record<string, unknown> }) => [
      attributes['subject-id'],
      attributes['owner-id'],
      (attributes['data'] as { by: { id: string } }).by.id,
    ]),
    [[revoked.id, prepared.user, admin.id]],
  )
  assert.deepEqual(json.data[0].attributes.data.token, {
    id: revoked.id,
    name: 'x',
    'last-characters': revoked.attributes['last-characters'],
  })
})

const markReadPath = '/notifications/actions/mark-read'

test('each reader marks notifications as read up to a time, which never moves back', async (t) => {
  const { authority, account, call, create } = await prepared(t)
  const ids = [await create({}), await create({}), await create({})]
  const reader = await machine(authority, 'reader', {
    permissions: ['notifications:read'],
    scope: ['accounts', account],
  })
  const list = async (query = '', token = authority.prepared.token) =>
    (await call('GET', `/notifications?sort=at&${query}`, { token })).json
  const states = async (token?: string) =>
    (await list('', token)).data.map(
      ({ attributes }: { attributes: object }) => Object.entries(attributes).find(([name]) => name === 'is-read')?.[1],
    )
  const at = async (id?: string) => (await call('GET', `/notifications/${id}`)).json.data.attributes.at as string
  const mark = async (body: object, token = authority.prepared.token) =>
    (await call('POST', markReadPath, { token, body, headers: { 'content-type': 'application/json' } })).status
  assert.deepEqual(await states(), [false, false, false])
  assert.equal(await mark({ until: await at(ids[1]) }), 204)
  assert.deepEqual(await states(), [true, true, false])
  assert.deepEqual(await states(reader.token), [false, false, false])
  const unread = await list('filter[is-read]=false')
  assert.deepEqual(
    [unread.data.map(({ id }: { id: string }) => id), unread.meta.pagination['total-count']],
    [[ids[2]], 1],
  )
  assert.equal((await list('filter[is-read]=true')).data.length, 2)
  assert.equal(await mark({ until: '2020-01-01T00:00:00Z' }), 204)
  assert.deepEqual(await states(), [true, true, false])
  assert.equal(await mark({}, reader.token), 204)
  assert.deepEqual(await states(reader.token), [true, true, true])
  assert.equal(await mark({ until: '2099-01-01T00:00:00Z' }), 204)
  const later = await create({})
  assert.equal((await call('GET', `/notifications/${later}`)).json.data.attributes['is-read'], false)
})

test('marking notifications as read requires a valid time and a token that is not limited', async (t) => {
  const { authority, account, call, create } = await prepared(t)
  await create({})
  const mark = (token: string | null, body: object = {}) =>
    call('POST', markReadPath, { token, body, headers: { 'content-type': 'application/json' } })
  for (const until of ['yesterday', 5, null]) {
    const { status, text } = await mark(authority.prepared.token, { until })
    assert.deepEqual([status, text.includes('until')], [422, true], String(until))
  }
  assert.equal((await mark(null)).status, 401)
  for (const attributes of [{ permissions: ['notifications:read'] }, { scopes: [account] }]) {
    const body = document('access-tokens', { name: 'limited', ...attributes })
    const { token } = (await call('POST', '/access-tokens', { body })).json.data.attributes
    assert.equal((await mark(token)).status, 403, JSON.stringify(attributes))
  }
  assert.equal((await call('GET', '/notifications?filter[is-read]=false')).json.data.length, 1)
  assert.equal((await call('GET', '/notifications?filter[is-read]=maybe')).status, 400)
})

test('read states are purged with the notifications that they concern', async (t) => {
  const { authority, call } = await prepared(t)
  const mark = () => call('POST', markReadPath, { body: {}, headers: { 'content-type': 'application/json' } })
  assert.equal((await mark()).status, 204)
  const purge = (days: number) =>
    authority.database.write((db) =>
      purgeNotifications(db, { ...realWorld, now: () => new Date(Date.now() + days * 86_400_000) }),
    )
  assert.equal(await purge(limits.notificationDays - 1), false)
  assert.equal(await purge(limits.notificationDays + 1), true)
  assert.deepEqual(await rawSql(authority.database, 'select * from notification_readers'), [])
})
