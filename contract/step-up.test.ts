/** Every write requires re-authentication, except for the operations and endpoints listed here with a reason. The list may only shrink. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOperations, endpointEntries } from './index.ts'

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
  update_profile: "Changes the caller's own name only.",
  mark_notifications_read: 'Read states are personal. Marked notifications stay in the list.',
  reauthenticate: 'It is the re-authentication.',
  check_password_strength: 'Changes nothing.',
  introspect: 'Changes nothing.',
}

/** The caller can revoke its own token, and end its own session, without re-authentication. */
const unlessOwn = ['delete_access_token', 'end_session']

const reads = ['list', 'show', 'list-members']
const writes = [
  ...allOperations.filter(({ kind }) => !reads.includes(kind)),
  // Other callers have no session that could be stolen or used by someone else.
  ...endpointEntries
    .map(([, endpoint]) => endpoint)
    .filter(({ method, caller }) => method !== 'GET' && (caller === 'session' || caller === 'token')),
].map(({ id, stepUp }) => ({ id, stepUp }))

test('every operation and endpoint that writes declares step-up, except for a list with reasons', () => {
  assert.ok(writes.length > 75)
  for (const { id, stepUp } of writes) {
    const expected = id in exceptions ? undefined : unlessOwn.includes(id) ? 'unless-own' : true
    assert.equal(stepUp, expected, id)
  }
})

test('every exception names an operation that exists', () => {
  const ids = new Set(writes.map(({ id }) => id))
  for (const id of [...Object.keys(exceptions), ...unlessOwn]) assert.ok(ids.has(id), id)
})

test('no read operation requires step-up', () => {
  for (const { id, kind, stepUp } of allOperations) if (reads.includes(kind)) assert.equal(stepUp, undefined, id)
  for (const [name, { method, stepUp }] of endpointEntries) if (method === 'GET') assert.equal(stepUp, undefined, name)
})
