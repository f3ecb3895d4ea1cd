/**
 * Owners with many tokens: revocation takes effect immediately, does not block other requests, and completes even after
 * a crash.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { measureTurns, turnMillisecondsMax } from '../../testing/event-loop/turn-cpu.ts'
import { type Authority, caller, document, machine, masterKeys, startAuthority } from '../../testing/kit.ts'
import { insertTokens } from '../../testing/many-tokens.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import { buildApp } from '../app.ts'
import { realWorld } from '../world.ts'
import { continueRevocations } from './revoke-many.ts'

/** PostgreSQL works in another process, so fewer tokens are sufficient. */
const howMany = { sqlite: 20_000, postgres: 4_000 } as const
const codeOf = async ({ call }: Authority, token: string) =>
  (await call('GET', '/ping', { token })).json.errors?.[0].code ?? 'good'
const count = async ({ database }: Authority, text: string) => {
  const [{ n } = { n: -1 }] = (await rawSql(database, `select count(*) as n from ${text}`)) as { n: number }[]
  return Number(n)
}
const liveOf = (authority: Authority, owner: string) =>
  count(authority, `access_tokens where owner_id = '${owner}' and revoked_at is null`)
/** Does the work of the next process. */
const finish = ({ database }: Authority) => continueRevocations(database, realWorld, async () => true)

/** Stops the process. Returns a function that starts the next one. */
async function stop(t: TestContext, { app, database, prepared }: Authority): Promise<() => Promise<Authority['call']>> {
  await app.close()
  return async () => {
    const logger = pino({ level: 'silent' })
    const next = await buildApp({ database, world: realWorld, masterKeys, logger, host: 'mintmark.internal' })
    t.after(() => next.close())
    return caller(next, prepared.token)
  }
}

/** A service account with many tokens; the texts of two of them are known. */
async function ownerWithTokens(t: TestContext, store: keyof typeof stores, tokens: number) {
  const authority = await startAuthority(t, { store: await stores[store](t), gitlabToken: 'shared' })
  const owner = await machine(authority, 'crowd', {
    permissions: ['*:*'],
    scope: ['accounts', authority.prepared.account],
  })
  await insertTokens(authority.database, { owner: owner.id, account: authority.prepared.account, count: tokens })
  const minted = await authority.call('POST', `/service-accounts/${owner.id}/access-tokens`, {
    body: document('access-tokens'),
  })
  const second: string = minted.json.data.attributes.token
  return { authority, owner, second }
}

async function report({ call }: Authority, token: string): Promise<string> {
  await call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
  await call('POST', '/v1/revoke_tokens', {
    token: null,
    body: [{ type: 'gitleaks_rule_id_mintmark-token', token, location: 'https://gitlab.example.com/x' }],
    headers: { authorization: 'shared', 'content-type': 'application/json' },
  })
  return (await call('GET', '/leak-reports')).json.data[0].id
}

const contain = ({ call }: Authority, id: string, token?: string) =>
  call('POST', `/leak-reports/${id}/actions/contain`, {
    body: { what: 'owner' },
    headers: { 'content-type': 'application/json' },
    ...(token === undefined ? {} : { token }),
  })

for (const store of ['sqlite', 'postgres'] as const) {
  test(`deleting an owner of many tokens refuses all of them immediately, without a long turn of the event loop (${store})`, async (t) => {
    const many = howMany[store]
    const { authority, owner, second } = await ownerWithTokens(t, store, many)
    const deleted = await measureTurns(() => authority.call('DELETE', `/service-accounts/${owner.id}`))
    assert.equal(deleted.value.status, 204, deleted.value.text)
    assert.notEqual(await codeOf(authority, owner.token), 'good')
    assert.notEqual(await codeOf(authority, second), 'good')
    const start = await stop(t, authority)
    const finished = await measureTurns(() => finish(authority))
    assert.equal(await codeOf({ ...authority, call: await start() }, second), 'token-revoked')
    assert.equal(await liveOf(authority, owner.id), 0)
    const audited = "audit_events where action = 'access-tokens.deleted'"
    assert.equal(await count(authority, audited), many + 2, 'exactly one audit event each')
    assert.equal(await count(authority, `${audited} and request_id is not null and actor_id is not null`), many + 2)
    assert.equal(await count(authority, 'pending_revocations'), 0)
    for (const [name, { longest }] of Object.entries({ deleted, finished }))
      assert.ok(longest <= turnMillisecondsMax, `${name}: ${longest} ms of CPU in one turn`)
  })

  test(`containing an owner of many tokens refuses them after the response, except the caller's (${store})`, async (t) => {
    const { authority, owner, second } = await ownerWithTokens(t, store, 2_000)
    const id = await report(authority, second)
    assert.equal(await codeOf(authority, second), 'good')
    const contained = await contain(authority, id, owner.token)
    assert.ok(contained.status < 300, contained.text)
    assert.equal(await codeOf(authority, second), 'token-revoked', 'before its row is marked')
    assert.equal(await codeOf(authority, owner.token), 'good')
    const start = await stop(t, authority)
    await finish(authority)
    const next = { ...authority, call: await start() }
    assert.equal(await codeOf(next, second), 'token-revoked')
    assert.equal(await codeOf(next, owner.token), 'good')
    assert.equal(await liveOf(authority, owner.id), 1)
    const fresh = await next.call('POST', `/service-accounts/${owner.id}/access-tokens`, {
      body: document('access-tokens'),
    })
    assert.equal(await codeOf(next, fresh.json.data.attributes.token), 'good', 'tokens created later are not affected')
  })
}

test('after a crash the next process refuses the remaining tokens and completes the revocation', async (t) => {
  const { authority, owner, second } = await ownerWithTokens(t, 'sqlite', 1_500)
  const id = await report(authority, second)
  await contain(authority, id)
  const start = await stop(t, authority)
  let slices = 0
  await continueRevocations(authority.database, realWorld, async () => {
    slices += 1
    return slices < 2
  })
  assert.equal(slices, 2, 'it stops when requested')
  assert.ok((await liveOf(authority, owner.id)) > 500)
  const next = { ...authority, call: await start() }
  for (const token of [owner.token, second]) assert.equal(await codeOf(next, token), 'token-revoked')
  await finish(authority)
  assert.equal(await liveOf(authority, owner.id), 0)
  assert.equal(await count(authority, "audit_events where action = 'access-tokens.deleted'"), 1_502)
})

test('two nodes that complete a revocation audit each token once', async (t) => {
  const { authority, owner } = await ownerWithTokens(t, 'postgres', 1_500)
  await authority.call('DELETE', `/service-accounts/${owner.id}`)
  await stop(t, authority)
  await Promise.all([finish(authority), finish(authority)])
  await finish(authority)
  assert.equal(await liveOf(authority, owner.id), 0)
  assert.equal(await count(authority, "audit_events where action = 'access-tokens.deleted'"), 1_502)
})

test('other requests are served while many tokens are revoked', async (t) => {
  const { authority, owner } = await ownerWithTokens(t, 'sqlite', 5_000)
  await authority.call('DELETE', `/service-accounts/${owner.id}`)
  let isDone = false
  const work = finish(authority).finally(() => {
    isDone = true
  })
  let served = 0
  while (!isDone) {
    assert.equal((await authority.call('GET', '/ping')).status, 200)
    if (!isDone) served += 1
    await new Promise(setImmediate)
  }
  await work
  assert.ok(served >= 5, `${served}`)
})

const owners = [
  ['service-accounts', 'service-account'],
  ['agent-pools', 'agent-pool'],
  ['users', 'user'],
] as const
for (const [type, ownerKind] of owners)
  test(`deleting one of ${type} with many tokens revokes all of them`, async (t) => {
    const authority = await startAuthority(t)
    const { call, prepared } = authority
    const attributes = type === 'users' ? { email: 'many@example.com' } : { name: 'many' }
    const made = await call('POST', `/${type}`, { body: document(type, attributes) })
    const owner: string = made.json.data.id
    await insertTokens(authority.database, { owner, ownerKind, account: prepared.account, count: 900 })
    const deleted = await call('DELETE', `/${type}/${owner}`)
    assert.equal(deleted.status, 204, deleted.text)
    assert.equal(await count(authority, 'pending_revocations'), 1)
    await finish(authority)
    assert.equal(await liveOf(authority, owner), 0)
  })
