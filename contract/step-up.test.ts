/** Which operations require re-authentication: every write, but those listed here with a reason. The list may only shrink. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations } from './index.ts'

const labels = 'Tags are labels: they grant nothing.'
const personal = 'Favorites are personal bookmarks.'
const locks = 'Locks pause runs and can be undone by the same permission.'

const exceptions: Readonly<Record<string, string>> = {
  update_access_token: 'Changes the name and description only.',
  create_tag: labels,
  update_tag: labels,
  delete_tag: labels,
  add_environment_tags: labels,
  replace_environment_tags: labels,
  delete_environment_tags: labels,
  add_workspace_tags: labels,
  replace_workspace_tags: labels,
  delete_workspace_tags: labels,
  add_environment_to_favorites: personal,
  remove_environment_from_favorites: personal,
  add_workspace_to_favorites: personal,
  remove_workspace_from_favorites: personal,
  lock_environment: locks,
  unlock_environment: locks,
  lock_workspace: locks,
  unlock_workspace: locks,
}

/** The caller can revoke its own token, or end its own session, without re-authentication. */
const unlessOwn = ['delete_access_token']

const reads = ['list', 'show', 'list-members']
const writes = allOperations
  .filter(({ kind, permission, answers }) => !reads.includes(kind) && permission !== 'anyone' && answers !== 'plain')
  .map(({ id, stepUp }) => ({ id, stepUp }))

test('every operation that writes declares step-up, but those on a list with reasons', () => {
  assert.ok(writes.length > 60)
  for (const { id, stepUp } of writes) {
    const expected = id in exceptions ? undefined : unlessOwn.includes(id) ? 'unless-own' : true
    assert.equal(stepUp, expected, id)
  }
})

test('every exception names an operation that exists', () => {
  const ids = new Set(writes.map(({ id }) => id))
  for (const id of [...Object.keys(exceptions), ...unlessOwn]) assert.ok(ids.has(id), id)
})

test('no operation that only reads requires step-up', () => {
  for (const { id, kind, stepUp } of allOperations) if (reads.includes(kind)) assert.equal(stepUp, undefined, id)
})
