/** Tokens that are created at the same time share a transaction, which reads again what the decisions rest on. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { signedIn } from '../../testing/browser.ts'
import { countStatements } from '../../testing/count-statements.ts'
import { adminRole } from '../../testing/everything.ts'
import {
  type Answer,
  type Authority,
  document,
  grant,
  type Machine,
  machine,
  startAuthority,
} from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { stores } from '../../testing/stores.ts'
import type { WriteWork } from '../database/database.ts'

const tokensOf = ({ id }: { id: string }) => `/service-accounts/${id}/access-tokens`
const body = (attributes: object = {}) => document('access-tokens', attributes)
const codeOf = ({ status, json }: Answer) => [status, json.errors?.[0]?.code]

/** Runs `before` once, right before the next transaction: the request has been authenticated by then. */
function beforeNextWrite(t: TestContext, { database }: Authority, before: () => Promise<unknown>): void {
  const write = database.write
  const mocked = t.mock.method(database, 'write', async (work: WriteWork<unknown>) => {
    mocked.mock.restore()
    await before()
    return write(work)
  })
}

interface Situation {
  readonly caller: Machine
  readonly target: { readonly id: string }
  readonly account: string
}

/** What is withdrawn, as SQL, and the response to the request that was authenticated before. */
const withdrawals: readonly (readonly [what: string, sql: (of: Situation) => string, status: number, code: string])[] =
  [
    [
      'the calling token is revoked',
      ({ caller }) => `update access_tokens set revoked_at = '2030' where owner_id = '${caller.id}'`,
      401,
      'token-revoked',
    ],
    [
      'all tokens of the caller are being revoked',
      ({ caller }) =>
        `insert into pending_revocations (id, owner_id, accounts, created_until, reason, told_by)
       values ('rev-1', '${caller.id}', '[]', '2999', '{}', '{}')`,
      401,
      'token-revoked',
    ],
    [
      'the calling token expires',
      ({ caller }) => `update access_tokens set expires_at = '2020' where owner_id = '${caller.id}'`,
      401,
      'token-expired',
    ],
    [
      'the calling token is narrowed',
      ({ caller }) =>
        `update access_tokens set permissions = '["service-accounts:read"]' where owner_id = '${caller.id}'`,
      403,
      'forbidden',
    ],
    [
      'the calling token is narrowed to a scope that is deleted',
      ({ caller }) => `update access_tokens set scopes = '["env-gone"]' where owner_id = '${caller.id}'`,
      404,
      'not-found',
    ],
    [
      'the caller is deactivated',
      ({ caller }) => `update service_accounts set status = 'Inactive' where id = '${caller.id}'`,
      401,
      'owner-inactive',
    ],
    [
      'the caller is deleted',
      ({ caller }) => `delete from service_accounts where id = '${caller.id}'`,
      401,
      'owner-inactive',
    ],
    [
      'the role of the caller loses the permission',
      ({ caller }) =>
        `delete from role_permissions where permission = 'service-accounts:update' and role_id in (
         select role_id from access_policy_roles r join access_policies p on p.id = r.access_policy_id
          where p.service_account_id = '${caller.id}')`,
      403,
      'forbidden',
    ],
    [
      'the policy of the caller loses its role',
      ({ caller }) =>
        `delete from access_policy_roles where access_policy_id in
         (select id from access_policies where service_account_id = '${caller.id}')`,
      404,
      'not-found',
    ],
    [
      'the policy of the caller moves to another scope',
      ({ caller, account }) =>
        `update access_policies set environment_id = (select id from environments where account_id = '${account}')
        where service_account_id = '${caller.id}'`,
      404,
      'not-found',
    ],
    [
      'the owner of the new token is deleted',
      ({ target }) => `delete from service_accounts where id = '${target.id}'`,
      404,
      'not-found',
    ],
    [
      'the owner of the new token is granted more',
      ({ target }) =>
        `insert into access_policy_roles (access_policy_id, role_id)
       select p.id, '${adminRole}' from access_policies p where p.service_account_id = '${target.id}'`,
      403,
      'grants-more-than-held',
    ],
    [
      'a rule limits lifetimes',
      ({ account }) =>
        `update security_rules set max_service_account_token_lifetime = 5 where account_id = '${account}'`,
      422,
      'invalid-attribute',
    ],
  ]

const everyone = { permissions: ['teams:read'] }

for (const [name, store] of Object.entries(stores))
  test(`a right that is withdrawn after authentication does not count (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, database, prepared } = authority
    const { account } = prepared
    const scope = ['accounts', account] as const
    await call('POST', '/environments', { body: document('environments', { name: 'e' }) })
    for (const [what, withdraw, status, code] of withdrawals) {
      const permissions = ['service-accounts:read', 'service-accounts:update', 'teams:read']
      const caller = await machine(authority, `caller ${what}`, { permissions, scope })
      const target = await machine(authority, `target ${what}`, { ...everyone, scope })
      const { token } = caller
      const mint = () => call('POST', tokensOf(target), { token, body: body({ name: what }) })
      assert.equal((await mint()).status, 201, what)
      beforeNextWrite(t, authority, () => rawSql(database, withdraw({ caller, target, account })))
      const answer = await mint()
      assert.deepEqual(codeOf(answer), [status, code], `${what}: ${answer.text}`)
      const [written] = await rawSql(database, `select count(*) as tokens from access_tokens where name = '${what}'`)
      assert.equal(Number((written as { tokens: number }).tokens), 1, what)
    }
  })

for (const [name, store] of Object.entries(stores))
  test(`a member who is removed after authentication creates no tokens for the account (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, database, prepared } = authority
    const { id } = await machine(authority, 'target')
    const withdraw = `delete from account_users where user_id = '${prepared.user}'`
    beforeNextWrite(t, authority, () => rawSql(database, withdraw))
    assert.deepEqual(codeOf(await call('POST', tokensOf({ id }), { body: body() })), [404, 'not-found'])
  })

test('a person who is deactivated after authentication creates no tokens in the console', async (t) => {
  const { owner, ...authority } = await signedIn(t)
  const mint = () => owner.ask('POST', '/access-tokens', body({ 'expires-in': 60 }))
  assert.equal((await mint()).status, 201)
  beforeNextWrite(t, authority, () =>
    rawSql(authority.database, `update users set status = 'Inactive' where id = '${authority.prepared.user}'`),
  )
  assert.deepEqual(codeOf(await mint()), [401, 'owner-inactive'])
})

test('a grant that is committed while a token is being created makes one of both fail (postgres)', async (t) => {
  const authority = await startAuthority(t, { store: await stores.postgres(t) })
  const { call, database, prepared } = authority
  const scope = ['accounts', prepared.account] as const
  const permissions = ['service-accounts:read', 'service-accounts:update']
  const { token } = await machine(authority, 'caller', { permissions, scope })
  const { id } = await machine(authority, 'target')
  const write = database.write
  const statuses: number[] = []
  const mocked = t.mock.method(database, 'write', (work: WriteWork<unknown>) => {
    mocked.mock.restore()
    return write(async (db) => {
      const written = await work(db)
      // Only during the first attempt: the grant confirms that nobody without its rights vouches for a token of the target.
      if (statuses.length === 0) {
        statuses.push(0)
        await grant(authority, id, { permissions: ['teams:*'], scope }).catch(() => undefined)
      }
      return written
    })
  })
  const minted = await call('POST', tokensOf({ id }), { token, body: body() })
  const policies = await call('GET', `/access-policies?filter[service-account]=${id}`)
  const isGranted = policies.json.data.length > 0
  assert.equal(minted.status === 201, !isGranted, `${minted.text} ${policies.text}`)
  if (isGranted) assert.deepEqual(codeOf(minted), [403, 'grants-more-than-held'])
})

for (const [name, store] of Object.entries(stores))
  test(`tokens that are created at the same time share transactions, and each request has its own result (${name})`, async (t) => {
    const authority = await startAuthority(t, { store: await store(t) })
    const { call, database, prepared } = authority
    const scope = ['accounts', prepared.account] as const
    const machines = await Promise.all(
      ['a', 'b', 'c'].map((each) => machine(authority, each, { permissions: ['*:*'], scope })),
    )
    const count = 30
    const owned = (at: number) => machines[at % 3] as Machine
    const { mock } = t.mock.method(database, 'write')
    const answers = await Promise.all(
      Array.from({ length: count }, (_, at) => {
        const attributes = { name: `job ${at}`, ...(at % 10 === 9 ? { permissions: ['nothing:at-all'] } : {}) }
        return call('POST', tokensOf(owned(at)), { token: owned(at + 1).token, body: body(attributes) })
      }),
    )
    assert.ok(mock.callCount() <= 5, `${mock.callCount()} transactions`)
    for (const [at, { status, json, text }] of answers.entries()) {
      if (at % 10 === 9) {
        assert.deepEqual([status, json.errors[0].source.pointer], [422, '/data/attributes/permissions/0'], text)
        continue
      }
      const { id, attributes, relationships } = json.data
      assert.deepEqual([status, attributes.name], [201, `job ${at}`], text)
      assert.equal((await call('GET', '/ping', { token: attributes.token })).status, 200)
      assert.equal((await call('GET', `${tokensOf(owned(at))}?filter[access-token]=${id}`)).json.data.length, 1)
      const [event, ...others] = (await call('GET', `/audit-events?filter[subject-id]=${id}`)).json.data
      assert.deepEqual([event.attributes['actor-id'], others], [owned(at + 1).id, []])
      assert.equal(relationships.parent.data.id.length > 0, true)
    }
  })

test('64 tokens of three callers take at most 6 statements each, including sealing (postgres)', async (t) => {
  const authority = await startAuthority(t, { store: await stores.postgres(t) })
  const { call, app, prepared } = authority
  const scope = ['accounts', prepared.account] as const
  const machines = await Promise.all(
    ['a', 'b', 'c'].map((each) => machine(authority, each, { permissions: ['*:*'], scope })),
  )
  await app.flush()
  const statements = countStatements(t)
  const owned = (at: number) => machines[at % 3] as Machine
  const count = 64
  const answers = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      call('POST', tokensOf(owned(at)), { token: owned(at + 1).token, body: body() }),
    ),
  )
  await app.flush()
  assert.ok(answers.every(({ status }) => status === 201))
  assert.ok(statements() <= 6 * count, `${statements()} statements`)
})
