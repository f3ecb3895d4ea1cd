/** Roles: names within an account, permissions that are added and removed, and roles in use. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountA, accountB, serviceAccount, startEverything } from '../../../testing/everything.ts'
import { type Answer, document, errorOf, machine } from '../../../testing/kit.ts'

const permissions = (...ids: string[]) => ({ permissions: ids.map((id) => ['permissions', id] as const) })

async function setUp(t: Parameters<typeof startEverything>[0]) {
  const { authority, tokens, ids } = await startEverything(t)
  const as =
    (token: string) =>
    async (status: number, method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = await authority.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      assert.equal(answer.status, status, answer.text)
      return answer
    }
  const asOwner = as(tokens.owner)
  const create = async (attributes: object, relations: Parameters<typeof document>[2] = {}) => {
    const account = ['accounts', accountA] as const
    return (await asOwner(201, 'POST', '/roles', document('roles', attributes, { account, ...relations }))).json.data
  }
  const read = async (id: string) => {
    const { attributes, relationships } = (await asOwner(200, 'GET', `/roles/${id}`)).json.data
    const held = relationships.permissions.data.map((each: { id: string }) => each.id).toSorted()
    return [attributes.name, attributes.description, held]
  }
  return { authority, tokens, ids, as, asOwner, create, read }
}

describe('a role', () => {
  test('has a description and permissions only if they are given', async (t) => {
    const { create, read } = await setUp(t)
    const plain = await create({ name: 'plain' })
    assert.match(plain.id, /^role-/)
    assert.deepEqual(await read(plain.id), ['plain', null, []])
    const full = await create({ name: 'full', description: 'For jobs.' }, permissions('teams:read', 'tags:read'))
    assert.deepEqual(await read(full.id), ['full', 'For jobs.', ['tags:read', 'teams:read']])
  })

  test('keeps what a change does not mention', async (t) => {
    const { asOwner, create, read } = await setUp(t)
    const { id } = await create({ name: 'one', description: 'First.' }, permissions('teams:read'))
    const change = (attributes: object, relations = {}) =>
      asOwner(200, 'PATCH', `/roles/${id}`, document('roles', attributes, relations))
    await change({ name: 'two' })
    assert.deepEqual(await read(id), ['two', 'First.', ['teams:read']])
    await change({ description: 'Second.' })
    assert.deepEqual(await read(id), ['two', 'Second.', ['teams:read']])
    await change({ description: null })
    assert.deepEqual(await read(id), ['two', null, ['teams:read']])
    await change({}, permissions('tags:read'))
    assert.deepEqual(await read(id), ['two', null, ['tags:read']])
    await change({}, permissions())
    assert.deepEqual(await read(id), ['two', null, []])
  })

  test('has a name that no other role of the account has', async (t) => {
    const { asOwner, create } = await setUp(t)
    await create({ name: 'taken' })
    const { id } = await create({ name: 'free' })
    const taken = ['invalid-attribute', 'A role with this name already exists.', '/data/attributes/name']
    const account = { account: ['accounts', accountA] } as const
    assert.deepEqual(
      errorOf(await asOwner(422, 'POST', '/roles', document('roles', { name: 'taken' }, account))),
      taken,
    )
    const rename = (status: number, name: string) =>
      asOwner(status, 'PATCH', `/roles/${id}`, document('roles', { name }))
    assert.deepEqual(errorOf(await rename(422, 'taken')), taken)
    await rename(200, 'free')
    await create({ name: 'taken' }, { account: ['accounts', accountB] })
  })

  test('of an access policy cannot be deleted', async (t) => {
    const { asOwner, create, ids } = await setUp(t)
    const { id } = await create({ name: 'used' }, permissions('teams:read'))
    const policy = await asOwner(
      201,
      'POST',
      '/access-policies',
      document(
        'access-policies',
        {},
        { account: ['accounts', accountA], team: ['teams', ids['teams'] as string], roles: [['roles', id]] },
      ),
    )
    assert.deepEqual(errorOf(await asOwner(409, 'DELETE', `/roles/${id}`)), [
      'conflict',
      'Access policies use this role; change them first.',
      undefined,
    ])
    await asOwner(204, 'DELETE', `/access-policies/${policy.json.data.id}`)
    await asOwner(204, 'DELETE', `/roles/${id}`)
    await asOwner(404, 'GET', `/roles/${id}`)
  })
})

describe('permissions of a role that the caller does not have', () => {
  test('may stay, but not be added or removed', async (t) => {
    const { authority, as, create, read } = await setUp(t)
    const { token } = await machine(authority, 'helper', {
      permissions: ['roles:*', 'teams:read', 'tags:read'],
      scope: ['accounts', accountA],
    })
    const { id } = await create({ name: 'mixed' }, permissions('variables:read', 'teams:read'))
    const change = async (status: number, ...ids: string[]) =>
      as(token)(status, 'PATCH', `/roles/${id}`, document('roles', {}, permissions(...ids)))
    await change(200, 'variables:read', 'tags:read')
    assert.deepEqual(await read(id), ['mixed', null, ['tags:read', 'variables:read']])
    const more = await change(403, 'variables:read', 'tags:read', 'agent-pools:read')
    assert.deepEqual(errorOf(more).slice(0, 2), ['grants-more-than-held', 'This would grant more than you have.'])
    const less = await change(403, 'tags:read')
    assert.deepEqual(errorOf(less).slice(0, 2), ['grants-more-than-held', 'This would take away more than you have.'])
    await as(token)(403, 'DELETE', `/roles/${id}`)
    assert.deepEqual(await read(id), ['mixed', null, ['tags:read', 'variables:read']])
  })

  test('of an account concern that account', async (t) => {
    const { authority, as, ids } = await setUp(t)
    const token = await serviceAccount(authority, accountA, 'local', 'role-t67mjtmd93j62hg', [
      'environment',
      'environments',
      ids['environments'] as string,
    ])
    await as(token)(403, 'POST', '/roles', document('roles', { name: 'local' }, permissions('teams:read')))
  })
})
