import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownActions, sentenceOf } from './sentences.ts'

const said = (action: string, members: { before?: object; after?: object } = {}) => {
  const { deed, object } = sentenceOf({ action, before: null, after: null, ...members } as never)
  return object ? `${deed} ${object}` : deed
}

test('an event is told as a person would tell it, with the name of what it is about', () => {
  assert.equal(said('environments.created', { after: { name: 'production' } }), 'created the environment production')
  assert.equal(said('environments.deleted', { before: { name: 'old' } }), 'deleted the environment old')
  assert.equal(said('variables.updated', { before: { key: 'region' } }), 'changed the variable region')
  assert.equal(said('access-tokens.minted', { after: { name: 'ci' } }), 'generated the token ci')
  assert.equal(said('sessions.created'), 'signed in')
})

test('an event that this console does not know is told all the same', () => {
  assert.equal(said('environments.tags-added'), 'added tags of the environment')
  assert.equal(said('environments.federatedEnvironments-removed'), 'removed federated environments of the environment')
  assert.equal(said('new-things.happened', { after: { name: 'x' } }), 'happened: new things x')
})

test('an event with a former name has the words of its current name, and can be filtered by either', () => {
  assert.equal(said('notice-webhooks.created', { after: { url: 'https://a' } }), 'created the webhook https://a')
  for (const [former, current] of [
    ['notice-webhooks.tested', 'webhooks.tested'],
    ['notice-webhooks.deleted', 'webhooks.deleted'],
    ['sessions.proven', 'sessions.reauthenticated'],
  ] as const) {
    assert.equal(said(former), said(current))
    for (const action of [former, current]) assert.ok(knownActions.includes(action), action)
  }
})

test('each known action has words of its own', () => {
  for (const action of knownActions) assert.doesNotMatch(said(action), /:/, action)
  assert.equal(new Set(knownActions).size, knownActions.length)
})
