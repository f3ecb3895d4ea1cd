/** A narrowed token has fewer rights than its owner, even when it acts on its owner. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Authority, document, type Machine, machine, startAuthority } from '../../testing/kit.ts'

const cleanups: (() => unknown)[] = []
let authority: Authority
let account = ''
let robot: Machine
let provider = ''
let assumePolicy = ''

before(async () => {
  authority = await startAuthority({ after: (end?: unknown) => void cleanups.push(end as () => unknown) })
  account = authority.prepared.account
  robot = await machine(authority, 'robot', { permissions: ['*:*'], scope: ['accounts', account] })
  provider = await made('/workload-identity-providers', 'workload-identity-providers', {
    name: 'p',
    url: 'https://issuer.mintmark.internal',
    'allowed-audiences': ['a'],
  })
  assumePolicy = (await owner('POST', `/service-accounts/${robot.id}/assume-policies`, assuming())).json.data.id
})
after(async () => {
  for (const end of cleanups.reverse()) await end()
})

const owner = (method: string, path: string, body?: unknown) =>
  authority.call(method, path, body === undefined ? {} : { body })

async function made(path: string, type: string, attributes: object): Promise<string> {
  return (await owner('POST', path, document(type, attributes))).json.data.id
}

const assuming = () =>
  document(
    'assume-service-account-policies',
    { name: 'p', 'claim-conditions': [{ claim: 'sub', value: 'x' }] },
    { provider: ['workload-identity-providers', provider] },
  )

const narrowed = { permissions: ['service-accounts:*', 'users:*', 'workload-identity-providers:*', 'teams:*'] }

/** A token of the service account or of the owner, narrowed to managing subjects. */
async function narrow(of: 'robot' | 'owner'): Promise<string> {
  const path = of === 'robot' ? `/service-accounts/${robot.id}/access-tokens` : '/access-tokens'
  const minted = await owner('POST', path, document('access-tokens', { name: 'narrow', ...narrowed }))
  assert.equal(minted.status, 201, minted.text)
  return minted.json.data.attributes.token
}

interface Case {
  readonly name: string
  readonly by: 'robot' | 'owner'
  readonly method: string
  readonly path: () => string
  readonly body?: () => unknown
  readonly code?: string
}

const self = () => authority.prepared.user
const onRobot = (attributes: object) => () => document('service-accounts', attributes)
const onOwner = (attributes: object) => () => document('users', attributes)

const cases: readonly Case[] = [
  {
    name: 'create an assume policy for its owner',
    by: 'robot',
    method: 'POST',
    path: () => `/service-accounts/${robot.id}/assume-policies`,
    body: assuming,
  },
  {
    name: 'change an assume policy of its owner',
    by: 'robot',
    method: 'PATCH',
    path: () => `/service-accounts/${robot.id}/assume-policies/${assumePolicy}`,
    body: () => document('assume-service-account-policies', { 'maximum-session-duration': 43_200 }),
  },
  {
    name: 'extend the audiences of a provider that its owner trusts',
    by: 'robot',
    method: 'PATCH',
    path: () => `/workload-identity-providers/${provider}`,
    body: () => document('workload-identity-providers', { 'allowed-audiences': ['a', 'b'] }),
  },
  {
    name: 'delete an assume policy of its owner',
    by: 'robot',
    method: 'DELETE',
    path: () => `/service-accounts/${robot.id}/assume-policies/${assumePolicy}`,
  },
  {
    name: 'delete a provider that its owner trusts',
    by: 'robot',
    method: 'DELETE',
    path: () => `/workload-identity-providers/${provider}`,
  },
  {
    name: 'deactivate its owner',
    by: 'robot',
    method: 'PATCH',
    path: () => `/service-accounts/${robot.id}`,
    body: onRobot({ status: 'Inactive' }),
  },
  { name: 'delete its owner', by: 'robot', method: 'DELETE', path: () => `/service-accounts/${robot.id}` },
  {
    name: 'change the password of its owner',
    by: 'owner',
    method: 'PATCH',
    path: () => `/users/${self()}`,
    body: onOwner({ password: 'Correct-horse-battery-9' }),
  },
  {
    name: 'change the email address of its owner',
    by: 'owner',
    method: 'PATCH',
    path: () => `/users/${self()}`,
    body: onOwner({ email: 'thief@mintmark.internal' }),
  },
  {
    name: 'change the name of its owner',
    by: 'owner',
    method: 'PATCH',
    path: () => `/users/${self()}`,
    body: onOwner({ 'full-name': 'Somebody else' }),
  },
  {
    name: 'remove its owner from the account',
    by: 'owner',
    method: 'DELETE',
    path: () => `/accounts/${account}/actions/remove/${self()}`,
    code: 'last-owner',
  },
]

describe('a narrowed token cannot', { concurrency: false }, () => {
  for (const { name, by, method, path, body, code = 'grants-more-than-held' } of cases)
    test(name, async () => {
      const refused = await authority.call(method, path(), {
        token: await narrow(by),
        ...(body ? { body: body() } : {}),
      })
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, code], refused.text)
    })
})

test('the same token without narrowing can do everything that its owner can', async () => {
  const changed = await authority.call('PATCH', `/service-accounts/${robot.id}`, {
    token: robot.token,
    body: document('service-accounts', { description: 'itself', status: 'Active' }),
  })
  assert.equal(changed.status, 200, changed.text)
  const policy = await authority.call('POST', `/service-accounts/${robot.id}/assume-policies`, {
    token: robot.token,
    body: assuming(),
  })
  assert.equal(policy.status, 201, policy.text)
})
