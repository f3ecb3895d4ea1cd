import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'
import { fixedWorld } from '../../world.ts'

for (const [name, store] of Object.entries(stores))
  test(`findings are listed by urgency until they are resolved (${name})`, async (t) => {
    const world = fixedWorld('2030-01-01T00:00:00Z')
    const authority = await startAuthority(t, { world, store: await store(t), gitlabToken: 'shared' })
    const { call } = authority
    const listed = async (query = '') => {
      const answer = await call('GET', `/findings?sort=rank&page[size]=100${query}`)
      assert.equal(answer.status, 200, answer.text)
      return answer.json.data.map((each: { attributes: Record<string, string> }) => each.attributes)
    }
    const kinds = async (query = '') => (await listed(query)).map(({ kind }: { kind: string }) => kind)
    const idle = await machine(authority, 'idle')
    const short = await call('POST', `/service-accounts/${idle.id}/access-tokens`, {
      body: document('access-tokens', { name: 'short', 'expires-in': 7 * 1440 }),
    })
    const endless = ['token-without-expiry', 'token-without-expiry']
    const bare = ['service-account-without-policy', 'service-account-without-owner']
    assert.deepEqual(
      await kinds(),
      [...bare, ...endless],
      'a new token does not count as expiring, however short its lifetime',
    )
    world.set('2030-01-06T23:59:59Z')
    assert.deepEqual(await kinds(), [...bare, ...endless])
    world.set('2030-01-07T00:00:00Z')
    assert.deepEqual(await kinds(), ['token-expiring', ...bare, ...endless])
    const [expiring] = await listed('&filter[kind]=token-expiring')
    assert.deepEqual([expiring.name, expiring['owner-id'], expiring.at], ['short', idle.id, '2030-01-08T00:00:00.000Z'])
    assert.equal((await kinds('&query=nothing-like-it')).length, 0)
    const rotated = await call('POST', `/access-tokens/${short.json.data.id}/actions/rotate`, {
      body: { 'expires-in': 60 * 1440 },
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(rotated.status, 201, rotated.text)
    assert.deepEqual(await kinds(), [...bare, ...endless])
    await call('DELETE', `/access-tokens/${rotated.json.data.id}`)

    await call('PATCH', `/service-accounts/${idle.id}`, { body: document('service-accounts', { status: 'Inactive' }) })
    assert.deepEqual(await kinds(), ['token-expiring', 'owner-inactive', ...endless])
    await call('DELETE', `/access-tokens/${short.json.data.id}`)
    world.set('2030-05-01T00:00:00Z')
    assert.deepEqual(await kinds('&filter[owner-type]=service-account'), [
      'owner-inactive',
      'token-unused',
      'token-without-expiry',
    ])

    await call('PATCH', '/leak-rules', { body: document('leak-rules', { public: 'notify' }) })
    await call('POST', '/v1/revoke_tokens', {
      token: null,
      body: [{ type: 'gitleaks_rule_id_mintmark-token', token: idle.token, location: 'https://gitlab.example/x' }],
      headers: { authorization: 'shared', 'content-type': 'application/json' },
    })
    const [leak] = await listed('&filter[kind]=token-leaked')
    assert.deepEqual([leak.rank, leak['owner-id'], leak['subject-type']], [1, idle.id, 'leak-reports'])
    await call('POST', `/leak-reports/${leak['subject-id']}/actions/contain`, {
      body: { what: 'token' },
      headers: { 'content-type': 'application/json' },
    })
    assert.deepEqual(await kinds('&filter[kind]=token-leaked'), [])
  })
