/** Denied and rejected requests are told from allowed ones in the activity of a token. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Authority, document, machine, startAuthority } from '../../../testing/kit.ts'
import { stores } from '../../../testing/stores.ts'

interface Use {
  readonly operation: string
  readonly times: number
  readonly denied: number
  readonly rejected: number
}

/** Counts by operation, sorted: used, denied, rejected. */
async function usesOf({ app, call }: Authority, path: string): Promise<(string | number)[][]> {
  await app.flush()
  const { data } = (await call('GET', `${path}/activity`)).json
  return data
    .map(({ attributes: { operation, times, denied, rejected } }: { attributes: Use }) => [
      operation,
      times,
      denied,
      rejected,
    ])
    .toSorted()
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

for (const [kind, store] of Object.entries(stores))
  describe(kind, () => {
    test('requests that end in 403 or 404 are denied uses', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const scope = ['accounts', authority.prepared.account] as const
      const { call } = authority
      const reader = await machine(authority, 'reader', { permissions: ['environments:read'], scope })
      const as = { token: reader.token }
      assert.equal((await call('GET', '/environments', as)).status, 200)
      assert.equal((await call('GET', '/environments', as)).status, 200)
      const body = document('environments', { name: 'no' })
      assert.equal((await call('POST', '/environments', { ...as, body })).status, 403)
      assert.equal((await call('GET', '/environments/env-v0oaaaaaaaaaaaaaa', as)).status, 404)
      assert.equal((await call('GET', '/teams', as)).status, 403)
      const { data } = (await call('GET', `/service-accounts/${reader.id}/access-tokens`)).json
      assert.deepEqual(await usesOf(authority, `/access-tokens/${data[0].id}`), [
        ['create_environment', 1, 1, 0],
        ['get_environment', 1, 1, 0],
        ['get_teams', 1, 1, 0],
        ['list_environments', 2, 0, 0],
      ])
    })

    test('requests with a revoked token, also with a body, are rejected and not a use of it', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { call } = authority
      const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'gone' }) })
      const { id, attributes } = made.json.data
      const { token } = attributes
      await call('GET', '/environments', { token })
      const introspect = (as: string) =>
        call('POST', '/oauth/introspect', { token: as, headers: form, body: `token=${token}` })
      await call('DELETE', `/access-tokens/${id}`)
      assert.equal((await call('GET', '/environments', { token })).status, 401)
      const body = document('environments', { name: 'no' })
      assert.equal((await call('POST', '/environments', { token, body })).status, 401)
      assert.equal((await introspect(authority.prepared.token)).json.active, false)
      const stranger = await machine(authority, 'stranger')
      assert.equal((await introspect(stranger.token)).json.active, false)
      const path = `/revoked-access-tokens/${id}`
      assert.deepEqual(await usesOf(authority, path), [
        ['create_environment', 0, 0, 1],
        ['introspect', 0, 0, 1],
        ['list_environments', 1, 0, 1],
      ])
      const used = (await call('GET', path)).json.data.attributes['last-used-at']
      assert.equal((await call('GET', '/environments', { token })).status, 401)
      await authority.app.flush()
      assert.equal((await call('GET', path)).json.data.attributes['last-used-at'], used)
    })

    test('a rejected request is not shown as use since a leak', async (t) => {
      const authority = await startAuthority(t, { store: await store(t) })
      const { call, app } = authority
      const made = await call('POST', '/access-tokens', { body: document('access-tokens', { name: 'leaked' }) })
      const { token } = made.json.data.attributes
      await call('POST', '/leaks/report', {
        token: null,
        body: { tokens: [token] },
        headers: { 'content-type': 'application/json' },
      })
      assert.equal((await call('GET', '/environments', { token, remoteAddress: '203.0.113.7' })).status, 401)
      await app.flush()
      const [report] = (await call('GET', '/leak-reports')).json.data
      assert.deepEqual(report.attributes['activity-since'], [])
    })
  })
