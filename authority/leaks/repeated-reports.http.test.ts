/** Reports of the same token at the same location: what is repeated depends on the action. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { document, machine, startAuthority } from '../../testing/kit.ts'
import { fixedWorld } from '../world.ts'

async function setUp(t: TestContext) {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const authority = await startAuthority(t, { gitlabToken: 'shared', world })
  const { call } = authority
  const { id } = await machine(authority, 'ci')
  const body = document('access-tokens', { name: 'leaked' })
  const minted = (await call('POST', `/service-accounts/${id}/access-tokens`, { body })).json.data
  const decide = async (action: string, overlap = 60) => {
    const sources = [{ source: 'gitlab', confidence: null, action, overlap }]
    const answer = await call('PATCH', '/leak-rules', { body: document('leak-rules', { sources }) })
    assert.equal(answer.status, 200, answer.text)
  }
  const report = async () => {
    const sent = [{ type: 'x', token: minted.attributes.token, location: 'https://gitlab.example.com/a' }]
    const headers = { authorization: 'shared', 'content-type': 'application/json' }
    const answer = await call('POST', '/v1/revoke_tokens', { token: null, body: sent, headers })
    assert.ok(answer.status < 300, answer.text)
    const [{ attributes }, ...others] = (await call('GET', '/leak-reports')).json.data
    assert.deepEqual(others, [], 'one report')
    const count = async (path: string) => (await call('GET', path)).json.meta.pagination['total-count'] as number
    return [
      attributes['action-taken'],
      attributes['times'],
      await count('/audit-events?filter[action]=leak-reports.taken'),
      await count('/notifications?filter[kind]=token.leaked'),
    ]
  }
  const lastEvent = async () =>
    (await call('GET', '/audit-events?filter[action]=leak-reports.taken')).json.data[0].attributes
  return { call, minted, decide, report, lastEvent }
}

test('the event and the notification are repeated only if the action differs', async (t) => {
  const { call, minted, decide, report } = await setUp(t)
  const status = async () => (await call('GET', '/ping', { token: minted.attributes.token })).status
  await decide('notify')
  assert.deepEqual(await report(), ['notified', 1, 1, 1])
  assert.deepEqual(await report(), ['notified', 2, 1, 1])
  assert.equal(await status(), 200)
  await decide('revoke')
  assert.deepEqual(await report(), ['revoked', 3, 2, 2])
  assert.equal(await status(), 401)
  assert.deepEqual(await report(), ['revoked', 4, 2, 2], 'an inactive token keeps the action that was taken')
})

test('an inactive token is reported without a notification', async (t) => {
  const { call, minted, decide, report, lastEvent } = await setUp(t)
  await decide('revoke')
  await call('DELETE', `/access-tokens/${minted.id}`)
  assert.deepEqual(await report(), ['inactive', 1, 1, 0])
  const { 'subject-type': subject, after } = await lastEvent()
  assert.deepEqual(
    [subject, after.source, after.token, after.actionTaken],
    ['leak-reports', 'gitlab', minted.id, 'inactive'],
  )
})
