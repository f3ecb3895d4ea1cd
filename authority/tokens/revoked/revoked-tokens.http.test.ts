/** Lists of revoked tokens: reason, actor, and who can see them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../../../testing/eventually.ts'
import { document, machine, startAuthority } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'

for (const [kind, store] of Object.entries(stores))
  describe(kind, () => {
    test('revoked tokens are listed with reason and actor, newest first, and stay 404 as access tokens', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { call, prepared } = authority
      const robot = await machine(authority, 'robot')
      const other = await machine(authority, 'other')
      const create = async (path: string, name: string) =>
        (await call('POST', path, { body: document('access-tokens', { name }) })).json.data
      const ofRobot = `/service-accounts/${robot.id}/access-tokens`
      const revoked = await create(ofRobot, 'revoked')
      const leaked = await create(ofRobot, 'leaked')
      const own = await create('/access-tokens', 'own')
      const live = await create(ofRobot, 'live')
      await create(`/service-accounts/${other.id}/access-tokens`, 'of another')
      assert.equal((await call('DELETE', `/access-tokens/${revoked.id}`)).status, 204)
      assert.equal((await call('DELETE', `/access-tokens/${own.id}`)).status, 204)
      const reported = await call('POST', '/leaks/report', {
        token: null,
        body: { tokens: [leaked.attributes.token] },
        headers: { 'content-type': 'application/json' },
      })
      assert.equal(reported.status, 202, reported.text)

      const listed = await eventually('the leaked token is revoked', async () => {
        const { data } = (await call('GET', `/service-accounts/${robot.id}/revoked-access-tokens`)).json
        return data.length === 2 ? data : undefined
      })
      const facts = listed.map(({ attributes }: { attributes: Record<string, unknown> }) => [
        attributes['name'],
        attributes['reason'] === null,
        attributes['revoked-by-type'],
        attributes['revoked-by-id'],
      ])
      assert.deepEqual(facts, [
        ['leaked', false, 'system', null],
        ['revoked', true, 'users', prepared.user],
      ])
      assert.match(listed[0].attributes.reason, /^leak/)
      assert.ok(listed.every(({ attributes }: { attributes: object }) => !('token' in attributes)))
      const mine = (await call('GET', '/revoked-access-tokens')).json.data
      assert.deepEqual(
        mine.map(({ id }: { id: string }) => id),
        [own.id],
      )
      for (const { id } of [revoked, leaked, own]) {
        assert.equal((await call('GET', `/access-tokens/${id}`)).status, 404)
        assert.equal((await call('GET', `/revoked-access-tokens/${id}`)).json.data.id, id)
      }
      assert.equal((await call('GET', `/revoked-access-tokens/${live.id}`)).status, 404)
      const { attributes } = (await call('GET', `/revoked-access-tokens/${revoked.id}`)).json.data
      assert.deepEqual(
        [attributes['owner-type'], attributes['owner-id'], attributes['owner-status']],
        ['service-account', robot.id, 'Active'],
      )
      const ids = (await call('GET', ofRobot)).json.data.map(({ id }: { id: string }) => id)
      assert.ok(ids.includes(live.id) && !ids.includes(revoked.id))
    })

    test('the uses of a token can be listed after it was revoked', async (t) => {
      const { call, app } = await startAuthority(t, { store: await store(t) })
      const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'used' }) })
      const { id, attributes } = made.json.data
      await call('GET', '/environments', { token: attributes.token })
      await app.flush()
      await call('DELETE', `/access-tokens/${id}`)
      const { status, json } = await call('GET', `/revoked-access-tokens/${id}/activity`)
      assert.equal(status, 200)
      assert.deepEqual(
        json.data.map((use: { attributes: Record<string, unknown> }) => use.attributes['times']),
        [1],
      )
      assert.equal((await call('GET', `/access-tokens/${id}/activity`)).status, 404)
    })

    test('callers see only revoked tokens of their own and those that their permissions include', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { call } = authority
      const robot = await machine(authority, 'robot')
      const stranger = await machine(authority, 'stranger')
      const body = document('access-tokens', { name: 'secret project' })
      const own = (await call('POST', '/access-tokens', { body })).json.data
      const { id } = (await call('POST', `/service-accounts/${robot.id}/access-tokens`, { body })).json.data
      const narrow = document('access-tokens', { name: 'narrow', permissions: ['roles:read'] })
      const { token } = (await call('POST', '/access-tokens', { body: narrow })).json.data.attributes
      for (const each of [own.id, id]) await call('DELETE', `/access-tokens/${each}`)
      for (const [caller, name] of [
        [stranger.token, 'a service account without permissions'],
        [token, 'a narrowed token'],
      ] as const) {
        assert.deepEqual((await call('GET', '/revoked-access-tokens', { token: caller })).json.data, [], name)
        for (const path of [
          `/revoked-access-tokens/${own.id}`,
          `/revoked-access-tokens/${id}`,
          `/revoked-access-tokens/${id}/activity`,
          `/service-accounts/${robot.id}/revoked-access-tokens`,
        ]) {
          const { status, text } = await call('GET', path, { token: caller })
          assert.ok(status === 404 || status === 403, `${name} ${path} ${status}`)
          assert.doesNotMatch(text, /secret project/)
        }
      }
    })
  })
