/** A console session that was authenticated too long ago can read, but cannot call operations that require step-up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, endpointEntries } from '@mintmark/contract'
import { endpointSample } from '../../../e2e/endpoint-samples.ts'
import { browser, signedIn, strong } from '../../../testing/browser.ts'

test('every operation and endpoint that declares step-up rejects a session without recent re-authentication', async (t) => {
  const { owner, world } = await signedIn(t)
  world.set('2030-01-01T00:16:00Z')
  const guarded = [
    ...allOperations
      .filter(({ stepUp }) => stepUp === true)
      .map(({ id, method, path }) => ({ id, method, path, body: { data: {} } })),
    ...endpointEntries
      .filter(([, { stepUp }]) => stepUp === true)
      .map(([name, { id, method, path }]) => ({ id, method, path, body: endpointSample(name) })),
  ]
  assert.ok(guarded.length > 70)
  for (const { id, method, path, body } of guarded) {
    const answer = await owner.ask(method, path.replace(/\{\w+\}/g, 'nothing-1'), body)
    assert.deepEqual(
      [id, answer.status, answer.json.errors?.[0].code],
      [id, 403, 'step-up-required'],
      `${path}: ${answer.text}`,
    )
  }
})

test('ending another session of the same person requires recent re-authentication, ending the current one does not', async (t) => {
  const { owner, world, call, prepared } = await signedIn(t)
  const elsewhere = browser({ call })
  await elsewhere.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })
  const idOf = async (person: typeof owner) => (await person.ask('GET', '/auth/session')).json.session.id
  const [own, other] = [await idOf(owner), await idOf(elsewhere)]
  world.set('2030-01-01T00:16:00Z')
  const refused = await owner.ask('DELETE', `/auth/sessions/${other}`)
  assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'step-up-required'])
  assert.equal((await owner.ask('DELETE', `/auth/sessions/${own}`)).status, 204)
})
