import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { allOperations } from '@mintmark/contract'
import { changesIn } from './changes.ts'
import { knownActions, sentenceOf } from './sentences.ts'

type Members = { before?: object; after?: object; actorId?: string; subjectId?: string; subjectName?: string }

const names: Readonly<Record<string, string>> = { 'team-1': 'Platform' }

const describe = (action: string, members: Members = {}) => {
  const event = { action, before: null, after: null, ...members } as never
  const { predicate, object, tail } = sentenceOf(event, (id) => names[id])
  return [predicate, object, tail].filter(Boolean).join(' ')
}

/** Actions whose sentence needs no object: of actors about themselves, of settings that an account has once, and of the server. */
const complete =
  /^(?:access-tokens\.refused|accounts\.invitation-accepted|audit-log\.\S+|installations?\.\S+|invitations\.accepted|leak-rules\.updated|one-time-passwords\.\S+|passkeys\.deleted|recovery-codes\.created|security-rules\.updated|sessions\.(?:created|failed|limited|reauthenticated)|users\.password-changed)$/

/** The actions that operations declare, and those that the server's code names. */
function writtenActions(): readonly string[] {
  const declared = allOperations.flatMap(({ audited, resource }) =>
    audited && audited !== 'by-handler' ? [`${resource.auditName ?? resource.type}.${audited}`] : [],
  )
  const root = join(import.meta.dirname, '../../authority')
  const named = globSync('**/*.ts', { cwd: root, exclude: (name) => name.includes('.test.') })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .flatMap((code) => code.split('\n').filter((line) => /\baction:|Action =|\baudit\(/.test(line)))
    .flatMap((line) => [...line.matchAll(/'([a-z-]{3,}\.[a-z-]+)'/g)])
    .map(([, action = '']) => action)
  return [...new Set([...declared, ...named])].sort()
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
  assert.equal(
    describe('new-things.parts-removed', { subjectId: 'thing-1' }),
    'removed parts from the new things thing-1',
  )
  assert.equal(describe('new-things.happened', { after: { name: 'x' } }), 'happened: new things “x”')
})

test('each action that the server writes has a description of its own, with the object', () => {
  const written = writtenActions()
  assert.ok(written.length > 90, String(written.length))
  const about = { subjectId: 'thing-1', actorId: 'user-1' }
  for (const action of written) {
    assert.ok(knownActions.includes(action), `${action} has a description`)
    const sentence = describe(action, about)
    assert.doesNotMatch(sentence, /:|\{\}/, action)
    if (complete.test(action)) assert.doesNotMatch(sentence, /thing-1/, action)
    else assert.match(sentence, / thing-1\b/, `${action}: ${sentence}`)
  }
  assert.ok(!complete.test('roles.updated'))
})

test('an event without a name in it is described with the current name of its object, or with its ID', () => {
  const updated = { before: { description: null }, after: { description: 'x' } }
  assert.equal(
    describe('environments.updated', { ...updated, subjectId: 'env-1', subjectName: 'production' }),
    'updated the environment “production”',
  )
  assert.equal(describe('environments.updated', { ...updated, subjectId: 'env-2' }), 'updated the environment env-2')
  assert.equal(
    describe('environments.marked', { subjectId: 'env-1', subjectName: 'production' }),
    'added the environment “production” to favorites',
  )
  assert.equal(
    describe('workspaces.remoteStateConsumers-removed', { subjectId: 'ws-1' }),
    'removed remote state consumers from the workspace ws-1',
  )
})

test('an event about an access policy is described with its subject', () => {
  const about = { subjectId: 'ap-1' }
  assert.equal(
    describe('access-policies.created', { ...about, after: { teamId: 'team-1', roles: ['role-1'] } }),
    'created the access policy for the team “Platform”',
  )
  assert.equal(
    describe('access-policies.deleted', { ...about, before: { serviceAccountId: 'sa-1' } }),
    'deleted the access policy for the service account sa-1',
  )
  assert.equal(describe('access-policies.updated', about), 'updated the access policy ap-1')
  assert.equal(
    describe('access-policies.updated', { ...about, subjectName: 'Platform' }),
    'updated the access policy for “Platform”',
  )
})

test('a rotation without grace period is described with the revocation', () => {
  const after = { name: 'ci', lastCharacters: 'a1b2c3', revoked: true }
  assert.equal(describe('access-tokens.rotated', { after }), 'rotated the token “ci” (…a1b2c3) and revoked the old one')
})

test('a session of another user is named, and one of the actor is not', () => {
  const own = { actorId: 'user-1', subjectId: 'user-1' }
  assert.equal(describe('sessions.deleted', own), 'signed out')
  assert.equal(describe('sessions.deleted', { ...own, after: { id: 'x' } }), 'ended one of their sessions')
  assert.equal(
    describe('sessions.deleted', { ...own, actorId: 'user-2', subjectName: 'Ann' }),
    'ended a session of the user “Ann”',
  )
})

test('changed fields are shown with names in words and times as text', () => {
  assert.deepEqual(
    changesIn(
      {
        before: { expiresAt: '2026-12-01T02:40:00.000Z', isShared: false, tags: [] },
        after: { expiresAt: null, isShared: true, tags: ['a', 'b'], ownerId: 'user-1', limits: { 'allowed-ips': 2 } },
      },
      (at) => `time ${at}`,
    ).map(({ label, before, after }) => [label, before, after]),
    [
      ['Expires at', 'time 2026-12-01T02:40:00.000Z', null],
      ['Is shared', 'No', 'Yes'],
      ['Tags', null, 'a, b'],
      ['Owner ID', null, 'user-1'],
      ['Limits', null, 'Allowed IPs: 2'],
    ],
  )
})

test('each known action is listed once', () => {
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

test('the sentence about a change of a leak report says whether it was assigned, resolved or reopened', () => {
  const of = (after: object) => describe('leak-reports.updated', { subjectId: 'leak-1', after })
  assert.deepEqual(
    [
      { assigneeId: 'user-1' },
      { assigneeId: null },
      { resolution: 'accepted' },
      { resolution: null },
      { assigneeId: 'user-1', resolution: 'accepted' },
    ].map(of),
    ['assigned', 'unassigned', 'resolved', 'reopened', 'updated'].map((verb) => `${verb} the leak report leak-1`),
  )
})
