/** A session that was proven too long ago reads, and does nothing that gives or ends power. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basePath, operationsOf, resources } from '@mintmark/contract'
import { signedIn } from '../../testing/browser.ts'
import { requiresStepUp } from './routes/routes.ts'

/** What a stolen or forgotten session may still do: it gives no power and ends none. */
const without = new Set([
  'update_access_token',
  'delete_access_token',
  'create_tag',
  'update_tag',
  'delete_tag',
  'add_environment_tags',
  'replace_environment_tags',
  'delete_environment_tags',
  'add_workspace_tags',
  'replace_workspace_tags',
  'delete_workspace_tags',
  'add_environment_to_favorites',
  'remove_environment_from_favorites',
  'add_workspace_to_favorites',
  'remove_workspace_from_favorites',
  'lock_environment',
  'unlock_environment',
  'lock_workspace',
  'unlock_workspace',
])

test('every operation that writes requires re-authentication, but for those on a short list', async (t) => {
  const { owner, world } = await signedIn(t)
  world.set('2030-01-01T00:16:00Z')
  const written = resources
    .flatMap((resource) => operationsOf(resource))
    .filter(({ permission, answers }) => permission !== 'anyone' && answers !== 'plain')
    .filter(({ kind }) => !['list', 'show', 'list-members'].includes(kind))
  assert.ok(written.length > 60)
  for (const operation of written) {
    const { id, method, path } = operation
    assert.equal(requiresStepUp(operation), !without.has(id), id)
    if (without.has(id)) continue
    const url = path.replace(/\{\w+\}/g, 'nothing-1')
    const answer = await owner.ask(method, url, { data: {} })
    assert.deepEqual(
      [id, answer.status, answer.json.errors?.[0].code],
      [id, 403, 'step-up-required'],
      `${basePath}${url}: ${answer.text}`,
    )
  }
})
