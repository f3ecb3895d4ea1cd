import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownActions, sentenceOf } from './sentences.ts'

const describe = (action: string, members: { before?: object; after?: object } = {}) => {
  const { predicate, object } = sentenceOf({ action, before: null, after: null, ...members } as never)
  return object ? `${predicate} ${object}` : predicate
}

test('an event is described as a sentence with the name of its target', () => {
  assert.equal(
    describe('environments.created', { after: { name: 'production' } }),
    'created the environment “production”',
  )
  assert.equal(describe('environments.deleted', { before: { name: 'old' } }), 'deleted the environment “old”')
  assert.equal(describe('variables.updated', { before: { key: 'region' } }), 'updated the variable “region”')
  assert.equal(describe('access-tokens.minted', { after: { name: 'ci' } }), 'created the token “ci”')
  assert.equal(describe('sessions.created'), 'signed in')
})

test('the sentence about a token has its last characters', () => {
  const after = { name: 'ci', lastCharacters: 'a1b2c3' }
  assert.equal(describe('access-tokens.rotated', { after }), 'rotated the token “ci” (…a1b2c3)')
  assert.equal(describe('access-tokens.minted', { after: { lastCharacters: 'a1b2c3' } }), 'created the token …a1b2c3')
})

test('a denied request is described with the missing permission or the reason', () => {
  const denied = (after: object) => describe('access-tokens.refused', { after })
  assert.equal(denied({ reason: 'forbidden', permission: 'roles:create' }), 'was denied (missing roles:create)')
  assert.equal(denied({ reason: 'token-expired' }), 'was denied (token expired)')
  assert.equal(denied({ reason: 'forbidden' }), 'was denied')
})

test('an event with an unknown action is described from its name', () => {
  assert.equal(describe('environments.tags-added'), 'added tags of the environment')
  assert.equal(
    describe('environments.federatedEnvironments-removed'),
    'removed federated environments of the environment',
  )
  assert.equal(describe('new-things.happened', { after: { name: 'x' } }), 'happened: new things “x”')
})

test('each known action has a description of its own', () => {
  for (const action of knownActions) assert.doesNotMatch(describe(action), /:/, action)
  assert.equal(new Set(knownActions).size, knownActions.length)
})

test('a former action has the description of its current name, and both can be filtered', () => {
  assert.equal(describe('notice-webhooks.created', { after: { url: 'https://a' } }), 'created the webhook “https://a”')
  for (const [former, current] of [
    ['notice-webhooks.tested', 'webhooks.tested'],
    ['notice-webhooks.deleted', 'webhooks.deleted'],
    ['sessions.proven', 'sessions.reauthenticated'],
  ] as const) {
    assert.equal(describe(former), describe(current))
    for (const action of [former, current]) assert.ok(knownActions.includes(action), action)
  }
})

test('the sentence about a change of account settings names the setting', () => {
  const of = (after: object) => describe('accounts.updated', { after })
  assert.deepEqual(
    [
      { name: 'Platform' },
      { requireSecondFactor: true },
      { requireSecondFactor: false },
      { allowedIps: [], allowedIpv6: [], confirmLockoutFrom: '192.0.2.1' },
      { ownerId: 'user-1' },
      { name: 'Platform', ownerId: 'user-1' },
    ].map(of),
    [
      'renamed the account to “Platform”',
      'required a second factor in the account',
      'made the second factor optional',
      'changed the allowed networks of the account',
      'transferred the ownership of the account',
      'updated the account “Platform”',
    ],
  )
})
