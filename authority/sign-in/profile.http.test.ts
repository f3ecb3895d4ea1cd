import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, signedIn } from '../../testing/browser.ts'

test('users change their own name in a session, and the change is audited', async (t) => {
  const { owner, call, prepared } = await signedIn(t)
  const nameOf = async () => (await owner.ask('GET', '/auth/session')).json.session.user['full-name']
  for (const name of ['Ada Lovelace', null]) {
    assert.equal((await owner.ask('PUT', '/auth/profile', { 'full-name': name })).status, 204)
    assert.equal(await nameOf(), name)
  }
  const events = (await call('GET', '/audit-events?filter[action]=users.updated')).json.data
  const names = (events as { attributes: { 'subject-id': string; after: { fullName: string | null } } }[]).map(
    ({ attributes }) => `${attributes['subject-id']} ${attributes.after.fullName}`,
  )
  assert.deepEqual(names.sort(), [`${prepared.user} Ada Lovelace`, `${prepared.user} null`])
  const long = await owner.ask('PUT', '/auth/profile', { 'full-name': 'a'.repeat(300) })
  assert.deepEqual([long.status, long.json.errors[0].source.pointer], [422, '/full-name'], long.text)
})

test('a session that can only set a sign-in method cannot change the name', async (t) => {
  const { call, link } = await signedIn(t)
  const lost = browser({ call })
  await lost.ask('POST', '/auth/link/use', { secret: await link() })
  const refused = await lost.ask('PUT', '/auth/profile', { 'full-name': 'Ada' })
  assert.deepEqual([refused.status, refused.json.errors[0].code], [403, 'sign-in-unfinished'])
})
