/** Callers cannot grant more than they have, in any way, or lock out the owner; removed rights end immediately. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { acceptAsNew } from '../../testing/browser.ts'
import { type Authority, document, type Machine, machine, startAuthority } from '../../testing/kit.ts'

const cleanups: (() => unknown)[] = []
let authority: Authority
let account = ''
/** Has every permission to manage others, but only read permissions otherwise. */
let manager: Machine
let strong: Machine

const managing = [
  'roles:*',
  'teams:*',
  'users:*',
  'service-accounts:*',
  'accounts:read',
  'accounts:update',
  'accounts:set-access-policies',
  'workload-identity-providers:*',
  'access-policies:read',
  'access-tokens:*',
  'environments:read',
  'security-rules:read',
] as const
const admin = 'role-t67mjtmd93j62hg'

before(async () => {
  authority = await startAuthority({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
  account = authority.prepared.account
  manager = await machine(authority, 'manager', { permissions: managing, scope: ['accounts', account] })
  strong = await machine(authority, 'strong', { permissions: ['*:*'], scope: ['accounts', account] })
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

const asOwner = (method: string, path: string, body?: unknown) =>
  authority.call(method, path, body === undefined ? {} : { body })
const asManager = (method: string, path: string, body?: unknown) =>
  authority.call(method, path, { token: manager.token, ...(body === undefined ? {} : { body }) })
const idOf = async (request: ReturnType<typeof asOwner>): Promise<string> => (await request).json.data.id

async function assertEscalation(request: ReturnType<typeof asOwner>): Promise<void> {
  const refused = await request
  assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'grants-more-than-held'], refused.text)
}

describe('callers cannot grant rights that they do not have', { concurrency: false }, () => {
  test('by creating or extending a role', async () => {
    await assertEscalation(
      asManager(
        'POST',
        '/roles',
        document('roles', { name: 'wide' }, { permissions: [['permissions', 'variables:read']] }),
      ),
    )
    const role = await asManager(
      'POST',
      '/roles',
      document('roles', { name: 'narrow' }, { permissions: [['permissions', 'teams:read']] }),
    )
    assert.equal(role.status, 201)
    await assertEscalation(
      asManager(
        'PATCH',
        `/roles/${role.json.data.id}`,
        document(
          'roles',
          {},
          {
            permissions: [
              ['permissions', 'teams:read'],
              ['permissions', '*:*'],
            ],
          },
        ),
      ),
    )
  })

  test('by creating or changing an access policy', async () => {
    const policy = (role: string) =>
      document(
        'access-policies',
        {},
        {
          account: ['accounts', account],
          'service-account': ['service-accounts', manager.id],
          roles: [['roles', role]],
        },
      )
    await assertEscalation(asManager('POST', '/access-policies', policy(admin)))
    const small = await idOf(
      asManager(
        'POST',
        '/roles',
        document('roles', { name: 'small' }, { permissions: [['permissions', 'teams:read']] }),
      ),
    )
    const made = await idOf(asManager('POST', '/access-policies', policy(small)))
    await assertEscalation(
      asManager('PATCH', `/access-policies/${made}`, document('access-policies', {}, { roles: [['roles', admin]] })),
    )
  })

  test('by joining a team with more rights', async () => {
    const person = (
      await asOwner(
        'POST',
        `/accounts/${account}/actions/invite?include=user`,
        document('users', { email: 'joiner@mintmark.internal' }),
      )
    ).json.data.relationships.user.data.id
    const team = await idOf(asOwner('POST', '/teams', document('teams', { name: 'admins' })))
    await asOwner(
      'POST',
      '/access-policies',
      document(
        'access-policies',
        {},
        { account: ['accounts', account], team: ['teams', team], roles: [['roles', admin]] },
      ),
    )
    await assertEscalation(asManager('PATCH', `/teams/${team}`, document('teams', {}, { users: [['users', person]] })))
    await assertEscalation(asManager('PATCH', `/users/${person}`, document('users', {}, { teams: [['teams', team]] })))
  })

  test('by an invitation with roles or teams', async () => {
    const invite = (relations: Parameters<typeof document>[2]) =>
      asManager(
        'POST',
        `/accounts/${account}/actions/invite`,
        document('users', { email: 'friend@mintmark.internal' }, relations),
      )
    await assertEscalation(invite({ roles: [['roles', admin]] }))
    const team = (await asOwner('GET', '/teams?filter[name]=admins')).json.data[0].id
    await assertEscalation(invite({ teams: [['teams', team]] }))
    assert.equal((await asOwner('GET', '/users?filter[email]=friend@mintmark.internal')).json.data.length, 0)
  })

  test('by creating a token for a subject with more rights, or reactivating it', async () => {
    await assertEscalation(
      asManager('POST', `/service-accounts/${strong.id}/access-tokens`, document('access-tokens', {})),
    )
    await asOwner('PATCH', `/service-accounts/${strong.id}`, document('service-accounts', { status: 'Inactive' }))
    await assertEscalation(
      asManager('PATCH', `/service-accounts/${strong.id}`, document('service-accounts', { status: 'Active' })),
    )
    await asOwner('PATCH', `/service-accounts/${strong.id}`, document('service-accounts', { status: 'Active' }))
  })

  test('by an assume policy for a service account with more rights', async () => {
    const provider = await idOf(
      asManager(
        'POST',
        '/workload-identity-providers',
        document('workload-identity-providers', {
          name: 'p',
          url: 'https://issuer.mintmark.internal',
          'allowed-audiences': ['a'],
        }),
      ),
    )
    const policy = document(
      'assume-service-account-policies',
      { name: 'p', 'claim-conditions': [{ claim: 'sub', value: 'x' }] },
      { provider: ['workload-identity-providers', provider] },
    )
    await assertEscalation(asManager('POST', `/service-accounts/${strong.id}/assume-policies`, policy))
    assert.equal((await asOwner('POST', `/service-accounts/${strong.id}/assume-policies`, policy)).status, 201)
    await assertEscalation(
      asManager(
        'PATCH',
        `/workload-identity-providers/${provider}`,
        document('workload-identity-providers', { 'allowed-audiences': ['a', 'b'] }),
      ),
    )
  })

  test("by changing a user's address, password or status, or by taking over the account", async () => {
    await assertEscalation(
      asManager('PATCH', `/users/${authority.prepared.user}`, document('users', { email: 'mine@mintmark.internal' })),
    )
    await assertEscalation(
      asManager('PATCH', `/users/${authority.prepared.user}`, document('users', { password: 'Pass-w0rd-of-tests' })),
    )
    const person = (await asOwner('GET', '/users?filter[email]=joiner@mintmark.internal')).json.data[0].id
    await assertEscalation(
      asManager('PATCH', `/accounts/${account}`, document('accounts', {}, { owner: ['users', person] })),
    )
  })

  test('but rights that one has can be granted', async () => {
    const role = await asManager(
      'POST',
      '/roles',
      document(
        'roles',
        { name: 'held' },
        {
          permissions: [
            ['permissions', 'teams:read'],
            ['permissions', 'roles:create'],
          ],
        },
      ),
    )
    assert.equal(role.status, 201)
    const made = await asManager(
      'POST',
      '/access-policies',
      document(
        'access-policies',
        {},
        {
          account: ['accounts', account],
          'service-account': ['service-accounts', manager.id],
          roles: [['roles', role.json.data.id]],
        },
      ),
    )
    assert.equal(made.status, 201, made.text)
  })
})

describe('policies', { concurrency: false }, () => {
  test('name exactly one scope and one subject', async () => {
    const roles = [['roles', 'role-t67mjtmabulckto']] as const
    const subject = { 'service-account': ['service-accounts', strong.id] } as const
    const wrong: Parameters<typeof document>[2][] = [
      { roles, ...subject },
      { roles, account: ['accounts', account] },
      { roles, ...subject, account: ['accounts', account], user: ['users', authority.prepared.user] },
      { roles: [], ...subject, account: ['accounts', account] },
    ]
    for (const relations of wrong) {
      const refused = await asOwner('POST', '/access-policies', document('access-policies', {}, relations))
      assert.equal(refused.status, 422, refused.text)
      assert.match(refused.json.errors[0].source.pointer, /^\/data\/relationships\//)
    }
  })

  test('take effect with the next request, and stop when they are deleted', async () => {
    const late = await machine(authority, 'late')
    const read = () => authority.call('GET', '/tags', { token: late.token })
    assert.equal((await read()).status, 403)
    const policy = await idOf(
      asOwner(
        'POST',
        '/access-policies',
        document(
          'access-policies',
          {},
          {
            account: ['accounts', account],
            'service-account': ['service-accounts', late.id],
            roles: [['roles', 'role-t67mjtmabulckto']],
          },
        ),
      ),
    )
    assert.equal((await read()).status, 200)
    await asOwner('DELETE', `/access-policies/${policy}`)
    assert.equal((await read()).status, 403)
  })
})

describe('the owner', { concurrency: false }, () => {
  test('cannot be removed, deleted, deactivated or reduced in rights by anyone', async () => {
    const { user } = authority.prepared
    const [own] = (await asOwner('GET', `/access-policies?filter[user]=${user}`)).json.data
    assert.equal(own.attributes['is-system'], true)
    for (const [method, path, body] of [
      ['DELETE', `/users/${user}`],
      ['DELETE', `/accounts/${account}/actions/remove/${user}`],
      ['PATCH', `/users/${user}`, document('users', { status: 'Inactive' })],
      [
        'PATCH',
        `/access-policies/${own.id}`,
        document('access-policies', {}, { roles: [['roles', 'role-t67mjtmabulckto']] }),
      ],
      ['DELETE', `/access-policies/${own.id}`],
    ] as const)
      assert.equal((await asOwner(method, path, body)).status, 403, `${method} ${path}`)
    assert.equal(
      (await asOwner('PATCH', `/accounts/${account}`, document('accounts', {}, { owner: null }))).status,
      422,
    )
    assert.equal((await asOwner('GET', '/roles')).status, 200)
  })

  test('can transfer the account, and then has no special protection', async () => {
    const heir = (await asOwner('GET', '/users?filter[email]=joiner@mintmark.internal')).json.data[0].id
    const pending = await asOwner('PATCH', `/accounts/${account}`, document('accounts', {}, { owner: ['users', heir] }))
    assert.equal(pending.status, 422, 'a Pending user cannot become owner')
    await asOwner('PATCH', `/users/${heir}`, document('users', { status: 'Active' }))
    const invited = await asOwner('PATCH', `/accounts/${account}`, document('accounts', {}, { owner: ['users', heir] }))
    assert.equal(invited.status, 422, 'an invited user cannot become owner')
    await acceptAsNew(authority, heir)
    const handed = await asOwner('PATCH', `/accounts/${account}`, document('accounts', {}, { owner: ['users', heir] }))
    assert.equal(handed.status, 200, handed.text)
    assert.equal(handed.json.data.relationships.owner.data.id, heir)
    assert.equal((await asOwner('GET', '/roles')).status, 403)
    const removed = await authority.call('DELETE', `/accounts/${account}/actions/remove/${authority.prepared.user}`, {
      token: strong.token,
    })
    assert.equal(removed.status, 204, removed.text)
  })
})

describe('users', { concurrency: false }, () => {
  test('removed from an account lose access with the next request', async () => {
    const refused = await asOwner('GET', '/accounts')
    assert.ok(refused.status === 403 || refused.json.data.length === 0, refused.text)
  })
})
