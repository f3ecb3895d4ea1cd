/** A caller cannot remove, deactivate or reduce the rights of a subject that has more rights. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Authority, document, type Machine, machine, startAuthority } from '../../testing/kit.ts'

const admin = 'role-t67mjtmd93j62hg'
const cleanups: (() => unknown)[] = []
let authority: Authority
let account = ''
let helper: Machine
let strong: Machine
let weak: Machine
const ids: Record<string, string> = {}

const asOwner = (method: string, path: string, body?: unknown) =>
  authority.call(method, path, body === undefined ? {} : { body })
const asHelper = (method: string, path: string, body?: unknown) =>
  authority.call(method, path, { token: helper.token, ...(body === undefined ? {} : { body }) })

async function make(path: string, body: unknown): Promise<string> {
  const made = await asOwner('POST', path, body)
  assert.equal(made.status, 201, made.text)
  return made.json.data.id
}

before(async () => {
  authority = await startAuthority({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
  account = authority.prepared.account
  const permissions = [
    'users:*',
    'teams:*',
    'roles:*',
    'service-accounts:*',
    'workload-identity-providers:*',
    'accounts:read',
    'accounts:set-access-policies',
    'access-policies:read',
    'notification-webhooks:*',
  ]
  helper = await machine(authority, 'helper', { permissions, scope: ['accounts', account] })
  strong = await machine(authority, 'strong', { permissions: ['*:*'], scope: ['accounts', account] })
  weak = await machine(authority, 'weak', { permissions: ['teams:read'], scope: ['accounts', account] })
  const invited = await asOwner(
    'POST',
    `/accounts/${account}/actions/invite`,
    document('users', { email: 'boss@mintmark.internal' }, { roles: [['roles', admin]] }),
  )
  ids['boss'] = invited.json.data.relationships.user.data.id
  ids['team'] = await make(
    '/teams',
    document('teams', { name: 'admins' }, { users: [['users', ids['boss'] as string]] }),
  )
  ids['role'] = await make(
    '/roles',
    document(
      'roles',
      { name: 'wide' },
      {
        permissions: [
          ['permissions', 'variables:read'],
          ['permissions', 'teams:read'],
        ],
      },
    ),
  )
  const policy = (subject: Parameters<typeof document>[2], ...roles: string[]) =>
    make(
      '/access-policies',
      document(
        'access-policies',
        {},
        { account: ['accounts', account], ...subject, roles: roles.map((id) => ['roles', id] as const) },
      ),
    )
  ids['teamPolicy'] = await policy({ team: ['teams', ids['team'] as string] }, admin)
  ids['small'] = await make(
    '/roles',
    document('roles', { name: 'small' }, { permissions: [['permissions', 'teams:read']] }),
  )
  ids['weakPolicy'] = await policy(
    { 'service-account': ['service-accounts', weak.id] },
    ids['role'] as string,
    ids['small'],
  )
  ids['unusedRole'] = await make(
    '/roles',
    document('roles', { name: 'unused' }, { permissions: [['permissions', 'variables:read']] }),
  )
  ids['provider'] = await make(
    '/workload-identity-providers',
    document('workload-identity-providers', {
      name: 'p',
      url: 'https://issuer.mintmark.internal',
      'allowed-audiences': ['a'],
    }),
  )
  ids['assume'] = await make(
    `/service-accounts/${strong.id}/assume-policies`,
    document(
      'assume-service-account-policies',
      { name: 'p', 'claim-conditions': [{ claim: 'sub', value: 'x' }] },
      { provider: ['workload-identity-providers', ids['provider'] as string] },
    ),
  )
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

const cases: readonly { name: string; method: string; path: () => string; body?: () => unknown }[] = [
  {
    name: 'remove a member from the account',
    method: 'DELETE',
    path: () => `/accounts/${account}/actions/remove/${ids['boss']}`,
  },
  { name: 'delete a user', method: 'DELETE', path: () => `/users/${ids['boss']}` },
  {
    name: 'deactivate a user',
    method: 'PATCH',
    path: () => `/users/${ids['boss']}`,
    body: () => document('users', { status: 'Inactive' }),
  },
  {
    name: 'remove a user from a team',
    method: 'PATCH',
    path: () => `/users/${ids['boss']}`,
    body: () => document('users', {}, { teams: [] }),
  },
  {
    name: 'empty a team',
    method: 'PATCH',
    path: () => `/teams/${ids['team']}`,
    body: () => document('teams', {}, { users: [] }),
  },
  { name: 'delete a team', method: 'DELETE', path: () => `/teams/${ids['team']}` },
  { name: 'delete a policy', method: 'DELETE', path: () => `/access-policies/${ids['teamPolicy']}` },
  {
    name: 'remove a role from a policy',
    method: 'PATCH',
    path: () => `/access-policies/${ids['weakPolicy']}`,
    body: () => document('access-policies', {}, { roles: [['roles', ids['small'] as string]] }),
  },
  {
    name: 'remove a permission from a role',
    method: 'PATCH',
    path: () => `/roles/${ids['role']}`,
    body: () => document('roles', {}, { permissions: [['permissions', 'teams:read']] }),
  },
  { name: 'delete a role', method: 'DELETE', path: () => `/roles/${ids['unusedRole']}` },
  {
    name: 'deactivate a service account',
    method: 'PATCH',
    path: () => `/service-accounts/${strong.id}`,
    body: () => document('service-accounts', { status: 'Inactive' }),
  },
  { name: 'delete a service account', method: 'DELETE', path: () => `/service-accounts/${strong.id}` },
  {
    name: 'delete an assume policy',
    method: 'DELETE',
    path: () => `/service-accounts/${strong.id}/assume-policies/${ids['assume']}`,
  },
  {
    name: 'delete a provider that it relies on',
    method: 'DELETE',
    path: () => `/workload-identity-providers/${ids['provider']}`,
  },
]

describe('a caller with fewer rights than the subject cannot', { concurrency: false }, () => {
  for (const { name, method, path, body } of cases)
    test(name, async () => {
      const refused = await asHelper(method, path(), body?.())
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'grants-more-than-held'], refused.text)
    })
})

test('a caller with the same rights can', async () => {
  const small = await make('/service-accounts', document('service-accounts', { name: 'small' }))
  assert.equal((await asHelper('DELETE', `/service-accounts/${small}`)).status, 204)
  const guest = await asOwner('POST', `/accounts/${account}/actions/invite`, {
    ...document('users', { email: 'guest@mintmark.internal' }),
  })
  const user = guest.json.data.relationships.user.data.id
  assert.equal((await asHelper('DELETE', `/accounts/${account}/actions/remove/${user}`)).status, 204)
})

test('creating a webhook requires the permission to read notifications', async () => {
  const create = (token: string) =>
    authority.call('POST', '/webhooks', {
      token,
      body: document('webhooks', { url: 'https://hooks.example.com/in' }),
    })
  const refused = await create(helper.token)
  assert.equal(refused.status, 403, refused.text)
  assert.match(refused.json.errors[0].detail, /notifications:read/)
  const made = await create(authority.prepared.token)
  assert.equal(made.status, 201, made.text)
  const hook = `/webhooks/${made.json.data.id}`
  for (const attributes of [{ url: 'https://other.example.com/in' }, { kinds: null }, { status: 'Active' }]) {
    const changed = await asHelper('PATCH', hook, document('webhooks', attributes))
    assert.equal(changed.status, 403, `${JSON.stringify(attributes)} ${changed.text}`)
  }
  assert.equal((await asHelper('PATCH', hook, document('webhooks', { status: 'Disabled' }))).status, 200)
})
