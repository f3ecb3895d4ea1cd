import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { insertTokens } from '../../../testing/many-tokens.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld } from '../../world.ts'

for (const [name, store] of Object.entries(stores)) {
  test(`a summary has the active tokens, the last use and the next expiry of a service account (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t) })
    const { call, database, prepared } = authority
    const create = (id: string, tokenName: string, days: number) =>
      call('POST', `/service-accounts/${id}/access-tokens`, {
        body: document('access-tokens', { name: tokenName, 'expires-in': days * 1440 }),
      })
    const used = await machine(authority, 'used')
    await create(used.id, 'soon', 10)
    await create(used.id, 'later', 20)
    const unused = await machine(authority, 'unused')
    const empty = (await call('POST', '/service-accounts', { body: document('service-accounts', { name: 'empty' }) }))
      .json.data.id
    const many = await machine(authority, 'many')
    await insertTokens(database, { owner: many.id, account: prepared.account, count: 1_500 })
    await call('GET', '/ping', { token: used.token })
    await authority.app.flush()
    const summaries = async (...ids: string[]) => {
      const { json, text } = await call('GET', `/service-account-summaries?filter[service-account]=in:${ids.join(',')}`)
      const found = new Map<string, { attributes: object }>(json.data.map((each: { id: string }) => [each.id, each]))
      assert.equal(found.size, ids.length, text)
      return ids.map((id) => Object.values(found.get(id)?.attributes ?? {}))
    }
    assert.deepEqual(await summaries(used.id, unused.id, empty, many.id), [
      [3, '2030-01-01T00:00:00.000Z', '2030-01-11T00:00:00.000Z'],
      [1, null, null],
      [0, null, null],
      [1_000, null, null],
    ])
    world.set('2030-01-15T00:00:00Z')
    assert.deepEqual(await summaries(used.id), [[2, '2030-01-01T00:00:00.000Z', '2030-01-21T00:00:00.000Z']])
    const [token] = (await call('GET', `/service-accounts/${used.id}/access-tokens?filter[name]=test`)).json.data
    assert.equal((await call('DELETE', `/access-tokens/${token.id}`)).status, 204)
    assert.deepEqual(await summaries(used.id), [[1, '2030-01-01T00:00:00.000Z', '2030-01-21T00:00:00.000Z']])
  })
}

test('a summary is visible to those who can read the service account, and only to them', async (t) => {
  const authority = await startAuthority(t)
  const { call, prepared } = authority
  const scope = ['accounts', prepared.account] as const
  const reader = await machine(authority, 'reader', { permissions: ['service-accounts:read'], scope })
  const other = await machine(authority, 'other', { permissions: ['teams:read'], scope })
  const path = `/service-account-summaries?filter[service-account]=${other.id}`
  assert.deepEqual(
    (await call('GET', path, { token: reader.token })).json.data.map((each: { id: string }) => each.id),
    [other.id],
  )
  assert.equal((await call('GET', path, { token: other.token })).status, 403)
})

test('service accounts can be filtered by an owning team', async (t) => {
  const { call } = await startAuthority(t)
  const team = async (name: string) =>
    (await call('POST', '/teams', { body: document('teams', { name }) })).json.data.id as string
  const [platform, data] = [await team('platform'), await team('data')]
  const create = (name: string, ...owners: string[]) =>
    call('POST', '/service-accounts', {
      body: document('service-accounts', { name }, { owners: owners.map((id) => ['teams', id] as const) }),
    })
  await create('both', platform, data)
  await create('one', platform)
  await create('none')
  const owned = async (filter: string) =>
    (await call('GET', `/service-accounts?sort=name&filter[owner]=${filter}`)).json.data.map(
      (each: { attributes: { name: string } }) => each.attributes.name,
    )
  assert.deepEqual(await owned(platform), ['both', 'one'])
  assert.deepEqual(await owned(data), ['both'])
  assert.deepEqual(await owned(`in:${platform},${data}`), ['both', 'one'])
  assert.deepEqual(await owned('team-unknown'), [])
})
