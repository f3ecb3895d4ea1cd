/** A console session that was authenticated too long ago can read, but not call what declares step-up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, basePath } from '@mintmark/contract'
import { signedIn } from '../../testing/browser.ts'

test('every operation that declares step-up rejects a session without recent re-authentication', async (t) => {
  const { owner, world } = await signedIn(t)
  world.set('2030-01-01T00:16:00Z')
  const guarded = allOperations.filter(({ stepUp }) => stepUp === true)
  assert.ok(guarded.length > 60)
  for (const { id, method, path } of guarded) {
    const url = path.replace(/\{\w+\}/g, 'nothing-1')
    const answer = await owner.ask(method, url, { data: {} })
    assert.deepEqual(
      [id, answer.status, answer.json.errors?.[0].code],
      [id, 403, 'step-up-required'],
      `${basePath}${url}: ${answer.text}`,
    )
  }
})
