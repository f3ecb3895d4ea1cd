/** Rights granted later must not reach the creator of an existing credential of the service account. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { document, machine, startAuthority } from '../../testing/kit.ts'
import { stores } from '../../testing/stores.ts'

const admin = 'role-t67mjtmd93j62hg'
const helping = ['service-accounts:*', 'workload-identity-providers:*', 'teams:read'] as const

async function begin(t: TestContext, store: { file: string } | { url: string }) {
  const authority = await startAuthority(t, { store })
  const { account } = authority.prepared
  const helper = await machine(authority, 'helper', { permissions: helping, scope: ['accounts', account] })
  const as = (token: string) => async (status: number, method: string, path: string, body?: unknown) => {
    const answer = await authority.call(method, path, { token, ...(body === undefined ? {} : { body }) })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    return answer
  }
  const owner = as(authority.prepared.token)
  const helperDoes = as(helper.token)
  let count = 0
  const target = async () =>
    (await owner(201, 'POST', '/service-accounts', document('service-accounts', { name: `target ${++count}` }))).json
      .data.id as string
  const mintFor = async (does: typeof owner, id: string, attributes: object = {}) =>
    (await does(201, 'POST', `/service-accounts/${id}/access-tokens`, document('access-tokens', attributes))).json.data
  const policyFor = (id: string, role = admin) =>
    document(
      'access-policies',
      {},
      {
        account: ['accounts', account],
        'service-account': ['service-accounts', id],
        roles: [['roles', role]],
      },
    )
  const roleOf = async (...permissions: string[]) =>
    (
      await owner(
        201,
        'POST',
        '/roles',
        document(
          'roles',
          { name: `role ${++count}` },
          { permissions: permissions.map((each) => ['permissions', each] as const) },
        ),
      )
    ).json.data.id as string
  const grantRefused = async (id: string, made: string) => {
    const refused = await owner(409, 'POST', '/access-policies', policyFor(id))
    assert.ok(refused.json.errors[0].detail.includes(made), refused.text)
    const own = await owner(200, 'GET', `/access-policies?filter[service-account]=${id}`)
    assert.deepEqual(own.json.data, [], 'nothing was granted')
  }
  return { authority, account, helper, owner, as, helperDoes, target, mintFor, policyFor, roleOf, grantRefused }
}

for (const [kind, store] of Object.entries(stores))
  describe(`${kind}: a service account gets no rights that the creator of a credential does not have,`, () => {
    test('in any way, until the credential is revoked, or confirmed by a user who has them', async (t) => {
      const { owner, helperDoes, target, mintFor, policyFor, roleOf, grantRefused } = await begin(t, await store(t))
      const id = await target()
      const made = await mintFor(helperDoes, id, { name: 'kept' })
      await grantRefused(id, made.id)

      const small = await roleOf('teams:read')
      const policy = (await owner(201, 'POST', '/access-policies', policyFor(id, small))).json.data.id
      const wide = document('access-policies', {}, { roles: [['roles', admin]] })
      await owner(409, 'PATCH', `/access-policies/${policy}`, wide)
      const widened = document(
        'roles',
        {},
        {
          permissions: [
            ['permissions', 'teams:read'],
            ['permissions', 'tags:read'],
          ],
        },
      )
      await owner(409, 'PATCH', `/roles/${small}`, widened)
      await helperDoes(200, 'POST', `/service-accounts/${id}/actions/confirm-credentials`)
      await owner(409, 'PATCH', `/access-policies/${policy}`, wide)

      await owner(200, 'POST', `/service-accounts/${id}/actions/confirm-credentials`)
      await owner(200, 'PATCH', `/roles/${small}`, widened)
      await owner(200, 'PATCH', `/access-policies/${policy}`, wide)
      const events = await owner(200, 'GET', `/audit-events?filter[subject-id]=${id}`)
      assert.ok(events.text.includes('service-accounts.credentials-confirmed'))
      await helperDoes(403, 'POST', `/service-accounts/${id}/actions/confirm-credentials`)

      const other = await target()
      const kept = await mintFor(helperDoes, other)
      await grantRefused(other, kept.id)
      await owner(204, 'DELETE', `/access-tokens/${kept.id}`)
      await owner(201, 'POST', '/access-policies', policyFor(other))
    })

    if (kind === 'postgres') return

    test('also if the credential is an assume policy, rotated itself or was created with a narrowed token', async (t) => {
      const { owner, as, helperDoes, target, mintFor, policyFor, grantRefused } = await begin(t, await store(t))
      const provider = document('workload-identity-providers', {
        name: 'p',
        url: 'https://issuer.mintmark.internal',
        'allowed-audiences': ['a'],
      })
      const issuer = (await owner(201, 'POST', '/workload-identity-providers', provider)).json.data.id
      const assuming = document(
        'assume-service-account-policies',
        { name: 'p', 'claim-conditions': [{ claim: 'sub', value: 'x' }] },
        { provider: ['workload-identity-providers', issuer] },
      )
      const assumed = await target()
      const policy = (await helperDoes(201, 'POST', `/service-accounts/${assumed}/assume-policies`, assuming)).json.data
        .id
      await grantRefused(assumed, policy)

      const changed = await target()
      const path = `/service-accounts/${changed}/assume-policies`
      const own = (await owner(201, 'POST', path, assuming)).json.data.id
      const rename = document('assume-service-account-policies', { name: 'q' })
      await helperDoes(200, 'PATCH', `${path}/${own}`, rename)
      await grantRefused(changed, own)
      await owner(200, 'PATCH', `${path}/${own}`, rename)
      await owner(201, 'POST', '/access-policies', policyFor(changed))

      const audience = await target()
      const trusting = (await owner(201, 'POST', `/service-accounts/${audience}/assume-policies`, assuming)).json.data
        .id
      await owner(204, 'DELETE', `/service-accounts/${changed}`)
      const audiences = document('workload-identity-providers', { 'allowed-audiences': ['a', 'b'] })
      await helperDoes(200, 'PATCH', `/workload-identity-providers/${issuer}`, audiences)
      await grantRefused(audience, trusting)

      const rotating = await target()
      const first = await mintFor(helperDoes, rotating)
      const rotated = await as(first.attributes.token)(201, 'POST', '/access-tokens/self/actions/rotate', {
        overlap: 0,
      })
      await grantRefused(rotating, rotated.json.data.id)

      const narrow = await owner(
        201,
        'POST',
        '/access-tokens',
        document('access-tokens', { name: 'n', permissions: ['service-accounts:*'] }),
      )
      const narrowly = await target()
      const made = await mintFor(as(narrow.json.data.attributes.token), narrowly, {
        permissions: ['service-accounts:read'],
      })
      await grantRefused(narrowly, made.id)
    })

    test('but it does if the creators of its credentials have the rights', async (t) => {
      const { owner, helperDoes, target, mintFor, policyFor, roleOf } = await begin(t, await store(t))
      const id = await target()
      await mintFor(owner, id)
      await owner(201, 'POST', '/access-policies', policyFor(id))
      const own = await target()
      await mintFor(helperDoes, own)
      await owner(201, 'POST', '/access-policies', policyFor(own, await roleOf('teams:read')))
    })
  })
