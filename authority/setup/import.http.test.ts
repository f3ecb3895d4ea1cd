/** Importing a JSON:API document: completely and with its ids, or not at all. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { document, masterKeys, startAuthority } from '../../testing/kit.ts'
import { rawSql } from '../../testing/raw-sql.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { CannotPrepare } from '../cannot-prepare.ts'
import { openDatabase } from '../database/database.ts'
import { builtInProviderId } from '../identity/identity-providers/identity-provider-view.ts'
import { realWorld } from '../world.ts'
import { initializeStore } from './initialize-store.ts'

const object = (
  type: string,
  id: string,
  attributes: object = {},
  relations: Readonly<Record<string, unknown>> = {},
) => ({
  type,
  id,
  attributes,
  relationships: Object.fromEntries(Object.entries(relations).map(([name, data]) => [name, { data }])),
})
const to = (type: string, id: string) => ({ type, id })

const ada = object('users', 'user-ada', { email: 'Ada@mintmark.internal', 'full-name': 'Ada', username: 'ada' })
const bob = object('users', 'user-bob', { email: 'bob@mintmark.internal', status: 'Inactive' })
const account = object(
  'accounts',
  'acc-main',
  { name: 'main', 'allowed-ips': ['10.0.0.0/8'] },
  { owner: to('users', 'user-ada') },
)

const everything = [
  // In no particular order: objects may refer to later ones.
  object(
    'access-policies',
    'ap-one',
    {},
    {
      environment: to('environments', 'env-prod'),
      team: to('teams', 'team-dev'),
      roles: [to('roles', 'role-own'), to('roles', 'role-t67mjtmabulckto')],
    },
  ),
  object(
    'vars',
    'var-one',
    { key: 'region', value: 'north', category: 'terraform' },
    { environment: to('environments', 'env-prod') },
  ),
  object(
    'vars',
    'var-two',
    { key: 'password', value: 'hidden', category: 'shell', sensitive: true },
    { workspace: to('workspaces', 'ws-one') },
  ),
  object(
    'workspaces',
    'ws-one',
    { name: 'one', 'terraform-version': '1.2.3' },
    {
      environment: to('environments', 'env-prod'),
      tags: [to('tags', 'tag-red')],
      'agent-pool': to('agent-pools', 'apool-one'),
    },
  ),
  object(
    'environments',
    'env-prod',
    { name: 'production', 'remote-backend-overridable': true },
    { tags: [to('tags', 'tag-red')] },
  ),
  object('agent-pools', 'apool-one', { name: 'pool' }),
  object('tags', 'tag-red', { name: 'red' }),
  object('roles', 'role-own', { name: 'own' }, { permissions: [to('permissions', 'workspaces:read')] }),
  object('roles', 'role-t67mjtmabulckto', { name: 'reader', 'is-system': true }),
  object(
    'service-accounts',
    'sa-ci',
    { name: 'CI', email: 'ci@main.example.internal', description: null },
    { owners: [to('teams', 'team-dev')] },
  ),
  object('service-accounts', 'sa-cd', { name: 'CD' }),
  object(
    'teams',
    'team-dev',
    { name: 'dev' },
    { users: [to('users', 'user-bob')], 'identity-provider': to('identity-providers', 'idp-saml') },
  ),
  object('identity-providers', 'idp-saml', { name: 'SSO', 'idp-type': 'saml' }),
  object('workload-identity-providers', 'wip-one', {
    name: 'w',
    url: 'https://issuer.mintmark.internal',
    'allowed-audiences': ['a'],
  }),
  object(
    'assume-service-account-policies',
    'asap-one',
    { name: 'a', 'claim-conditions': [{ claim: 'sub', value: 'x', operator: 'like' }] },
    { 'service-account': to('service-accounts', 'sa-ci'), provider: to('workload-identity-providers', 'wip-one') },
  ),
  object('provider-configurations', 'pcfg-one', { name: 'aws', 'provider-name': 'aws' }),
  object('security-rules', 'sr-any', { 'max-personal-token-lifetime': 1000 }),
  account,
  bob,
  ada,
]

test('imported objects keep their ids and their meaning', async (t) => {
  const { call, prepared } = await startAuthority(t, { resources: { data: everything } })
  assert.deepEqual([prepared.account, prepared.user, prepared.email], ['acc-main', 'user-ada', 'Ada@mintmark.internal'])
  const show = async (path: string) => (await call('GET', path)).json.data
  assert.partialDeepStrictEqual(await show('/accounts/acc-main'), {
    attributes: { name: 'main', 'allowed-ips': ['10.0.0.0/8'] },
    relationships: { owner: { data: to('users', 'user-ada') } },
  })
  assert.partialDeepStrictEqual(await show('/users/user-bob'), {
    attributes: { status: 'Inactive', username: 'bob@mintmark.internal' },
    relationships: { teams: { data: [to('teams', 'team-dev')] } },
  })
  assert.partialDeepStrictEqual(await show('/teams/team-dev'), {
    relationships: {
      users: { data: [to('users', 'user-bob')] },
      'identity-provider': { data: to('identity-providers', 'idp-saml') },
    },
  })
  assert.partialDeepStrictEqual(await show('/roles/role-own'), {
    relationships: {
      permissions: { data: [to('permissions', 'workspaces:read')] },
      account: { data: to('accounts', 'acc-main') },
    },
  })
  assert.partialDeepStrictEqual(await show('/access-policies/ap-one'), {
    relationships: { environment: { data: to('environments', 'env-prod') }, account: { data: null } },
  })
  assert.partialDeepStrictEqual(await show('/environments/env-prod'), {
    attributes: { 'remote-backend': true, 'remote-backend-overridable': true },
    relationships: { tags: { data: [to('tags', 'tag-red')] } },
  })
  assert.partialDeepStrictEqual(await show('/workspaces/ws-one'), {
    attributes: { 'terraform-version': '1.2.3', 'execution-mode': 'remote', 'auto-queue-runs': 'skip_first' },
    relationships: { 'agent-pool': { data: to('agent-pools', 'apool-one') } },
  })
  assert.partialDeepStrictEqual(await show('/vars/var-one'), {
    attributes: { value: 'north' },
    relationships: {
      account: { data: to('accounts', 'acc-main') },
      environment: { data: to('environments', 'env-prod') },
    },
  })
  assert.partialDeepStrictEqual(await show('/vars/var-two'), {
    attributes: { value: null, sensitive: true },
    relationships: { environment: { data: to('environments', 'env-prod') } },
  })
  assert.equal((await show('/service-accounts/sa-ci')).attributes.email, 'ci@main.example.internal')
  assert.equal((await show('/service-accounts/sa-cd')).attributes.email, 'cd@acc-main.mintmark.internal')
  assert.partialDeepStrictEqual(await show('/service-accounts/sa-ci/assume-policies/asap-one'), {
    attributes: { 'maximum-session-duration': 3600 },
  })
  assert.equal((await show('/security-rules')).attributes['max-personal-token-lifetime'], 1000)
  assert.equal((await call('GET', '/account-users?filter[user]=user-bob')).json.data.length, 1)
})

test('the email address selects the owner', async (t) => {
  const active = { ...bob, attributes: { ...bob.attributes, status: 'Active' } }
  const { prepared, call } = await startAuthority(t, {
    resources: { data: [ada, active, account] },
    email: 'BOB@mintmark.internal',
  })
  assert.equal(prepared.user, 'user-bob')
  assert.equal((await call('GET', '/accounts/acc-main')).json.data.relationships.owner.data.id, 'user-bob')
})

describe('the default identity provider of an imported account', () => {
  const scalr = (id: string, relations: Readonly<Record<string, unknown>> = {}) =>
    object('identity-providers', id, { name: id, 'idp-type': 'scalr' }, relations)
  const team = object('teams', 'team-dev', { name: 'dev' }, { account: to('accounts', 'acc-main') })
  const provider = to('identity-providers', 'idp-main')
  const owner = { owner: to('users', 'user-ada') }
  const cases = {
    'is the one named by the account': [
      object('accounts', 'acc-main', { name: 'main' }, { ...owner, 'identity-provider': provider }),
      scalr('idp-other'),
      scalr('idp-main'),
    ],
    'is the one of type scalr that refers to the account': [
      account,
      scalr('idp-other'),
      scalr('idp-main', { account: to('accounts', 'acc-main') }),
    ],
    'is the only one of type scalr': [account, scalr('idp-main')],
  }
  for (const [name, objects] of Object.entries(cases)) {
    test(`${name}; imported and new teams and users have it`, async (t) => {
      const { call } = await startAuthority(t, { resources: { data: [ada, bob, team, ...objects] } })
      const { json } = await call('GET', '/teams/team-dev?include=identity-provider')
      assert.deepEqual(json.data.relationships['identity-provider'].data, provider)
      assert.equal(json.included[0].attributes['idp-type'], 'scalr')
      const newTeam = await call('POST', '/teams', { body: document('teams', { name: 'new' }) })
      assert.deepEqual(newTeam.json.data.relationships['identity-provider'].data, provider)
      const newUser = await call('POST', '/users', { body: document('users', { email: 'new@mintmark.internal' }) })
      assert.deepEqual(newUser.json.data.relationships['identity-providers'].data, [provider])
      for (const user of ['user-ada', 'user-bob']) {
        const { data } = (await call('GET', `/users/${user}`)).json
        assert.deepEqual(data.relationships['identity-providers'].data, [provider])
      }
      const { data } = (await call('GET', '/accounts/acc-main')).json
      assert.deepEqual(data.relationships['identity-provider'].data, provider)
    })
  }

  test('is the built-in one if the document has none, also for an invited user', async (t) => {
    const { call, prepared } = await startAuthority(t)
    const body = document('users', { email: 'new@mintmark.internal' })
    const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, { body })
    assert.equal(invited.status, 201, invited.text)
    const users = (await call('GET', '/users')).json.data
    assert.equal(users.length, 2)
    for (const { relationships } of users)
      assert.deepEqual(relationships['identity-providers'].data, [to('identity-providers', builtInProviderId)])
  })
})

describe('nothing is imported, and the error names the object, in case of', () => {
  const cases: [name: string, data: unknown, reason: RegExp, email?: string][] = [
    ['no list', { data: {} }, /expected a JSON:API document with an array in data/],
    ['nothing at all', null, /expected a JSON:API document/],
    ['an unknown type', [ada, account, object('runs', 'run-1')], /data\/2\/type: expected one of/],
    ['an invalid id', [ada, account, object('tags', 'a b', { name: 'x' })], /data\/2\/id: expected 1 to 128/],
    ['a duplicate object', [ada, account, ada], /users user-ada is a duplicate/],
    ['a missing name', [ada, account, object('tags', 'tag-1')], /tags tag-1: attribute name is required/],
    [
      'an invalid attribute',
      [ada, account, object('workspaces', 'ws-1', { name: 'a/b' })],
      /workspaces ws-1: attribute name: Expected letters/,
    ],
    [
      'an invalid network',
      [
        ada,
        object(
          'accounts',
          'acc-main',
          { name: 'main', 'allowed-ips': ['10.0.0.0/8', '10.0.0.1/8'] },
          { owner: to('users', 'user-ada') },
        ),
      ],
      /accounts acc-main: attribute allowed-ips\/1: value is not a valid IPv4 network/,
    ],
    [
      'what dangles',
      [ada, account, object('teams', 'team-1', { name: 'x' }, { users: [to('users', 'user-gone')] })],
      /teams team-1: relationship users refers to users user-gone, which is not in the file/,
    ],
    [
      'a member of the wrong type',
      [ada, account, object('teams', 'team-1', { name: 'x' }, { users: [to('teams', 'team-1')] })],
      /relationship users: expected up to \d+ identifiers of type users/,
    ],
    [
      'an unknown permission',
      [ada, account, object('roles', 'role-1', { name: 'x' }, { permissions: [to('permissions', 'cats:pet')] })],
      /roles role-1: relationship permissions: cats:pet is not a known permission/,
    ],
    [
      'a policy without a subject',
      [
        ada,
        account,
        object(
          'access-policies',
          'ap-1',
          {},
          { account: to('accounts', 'acc-main'), roles: [to('roles', 'role-t67mjtmabulckto')] },
        ),
      ],
      /access-policies ap-1: expected exactly one scope .* and one subject/,
    ],
    [
      'two objects with the same name',
      [ada, account, object('tags', 'tag-1', { name: 'x' }), object('tags', 'tag-2', { name: 'x' })],
      /tags tag-2: .*already in use/,
    ],
    ['no owner', [object('accounts', 'acc-1', { name: 'x' })], /--email: required, because/],
    [
      'an owner who is not in the file',
      [ada, account],
      /--email: no user in the file has the address/,
      'eve@mintmark.internal',
    ],
    ['an owner who is not active', [ada, bob, account], /--email: .*not active/, 'bob@mintmark.internal'],
  ]
  for (const [name, data, reason, email] of cases) {
    test(name, async (t) => {
      const database = await openDatabase({ file: join(temporaryFolder(t), 'mintmark.db') })
      t.after(() => database.close())
      const resources = Array.isArray(data) ? { data } : data
      const options = { host: 'mintmark.internal', resources, ...(email === undefined ? {} : { email }) }
      await assert.rejects(initializeStore(database, realWorld, masterKeys, options), (error: Error) => {
        assert.ok(error instanceof CannotPrepare, String(error))
        assert.match(error.message, reason)
        return true
      })
      for (const table of ['installation', 'users', 'accounts', 'audit_events', 'changes']) {
        const [{ count } = { count: 1 }] = (await rawSql(database, `select count(*) as count from ${table}`)) as {
          count: number
        }[]
        assert.equal(count, 0, table)
      }
    })
  }
})
