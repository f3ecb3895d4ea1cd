/** Administrators reset the sign-in of other users, and see and end their sessions, but only with all rights of the user. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { acceptAsNew, browser, other, signedIn, strong } from '../../../testing/browser.ts'
import { document, machine } from '../../../testing/kit.ts'

const adminRole = 'role-t67mjtmd93j62hg'
const email = 'ann@mintmark.internal'

/** An account with Ann, who has these roles, and a helper who can manage users but has no other permission. */
async function setUp(t: TestContext, roles: readonly string[] = []) {
  const authority = await signedIn(t)
  const { call, prepared } = authority
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email }, { roles: roles.map((id) => ['roles', id] as const) }),
  })
  const user: string = invited.json.data.relationships.user.data.id
  const ann = await acceptAsNew(authority, user)
  const scope = ['accounts', prepared.account] as const
  const helper = await machine(authority, 'helper', { permissions: ['users:*'], scope })
  const grantAdmin = () =>
    call('POST', '/access-policies', {
      body: document('access-policies', {}, { account: scope, user: ['users', user], roles: [['roles', adminRole]] }),
    })
  const reset = (token?: string, of = user, account = prepared.account) =>
    call('POST', '/auth/sign-in-links', { body: { account, user: of }, ...(token ? { token } : {}) })
  const follow = async (link: string) => {
    const person = browser(authority)
    const used = await person.ask('POST', '/auth/link/use', { secret: new URL(link).hash.slice(1) })
    return { person, used }
  }
  return { ...authority, user, ann, helper, reset, follow, grantAdmin, sessions: `/auth/users/${user}/sessions` }
}

test('a reset ends all sessions, and the method that is set with its link replaces the others', async (t) => {
  const { user, ann, owner, call, reset, follow, prepared } = await setUp(t, [adminRole])
  const made = await owner.ask('POST', '/auth/sign-in-links', { account: prepared.account, user })
  assert.deepEqual([made.status, made.json.email, made.json.mailed], [201, email, false], made.text)
  assert.equal((await ann.ask('GET', '/tags')).status, 401)

  const still = await browser({ call }).ask('POST', '/auth/sign-in', { email, password: strong })
  assert.equal(still.status, 200, 'the password works until the link is used')
  const { person } = await follow(made.json.link)
  assert.equal((await person.ask('GET', '/tags')).json.errors[0].code, 'sign-in-unfinished')
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  assert.equal((await person.ask('GET', '/tags')).status, 200)
  const old = await browser({ call }).ask('POST', '/auth/sign-in', { email, password: strong })
  assert.equal(old.status, 401)
  assert.equal((await follow(made.json.link)).used.status, 401, 'it works once')

  const events = await call('GET', '/audit-events?filter[action]=users.sign-in-reset')
  const { after, ...event } = events.json.data[0].attributes
  assert.deepEqual([event['subject-id'], after], [user, { sessionsEnded: 1 }])
  assert.equal((await reset()).status, 201, 'also with a token')
})

test('only a caller with all rights of the user resets their sign-in', async (t) => {
  const authority = await setUp(t, [adminRole])
  const { call, owner, user, helper, reset, prepared } = authority
  const refusal = async (answer: ReturnType<typeof reset>) => {
    const { status, json } = await answer
    return [status, json.errors?.[0].code]
  }
  assert.deepEqual(await refusal(reset(helper.token)), [403, 'grants-more-than-held'])
  assert.deepEqual(await refusal(reset(helper.token, prepared.user)), [403, 'grants-more-than-held'], 'the owner')
  assert.deepEqual(await refusal(reset(undefined, prepared.user)), [403, 'forbidden'], 'oneself')
  const self = { account: prepared.account, user: prepared.user }
  assert.deepEqual(await refusal(owner.ask('POST', '/auth/sign-in-links', self)), [403, 'forbidden'], 'in a session')
  assert.deepEqual(await refusal(reset(undefined, user, 'acc-unknown')), [404, 'not-found'])
  assert.deepEqual(await refusal(reset(undefined, 'user-unknown')), [404, 'not-found'])
  const scope = ['accounts', prepared.account] as const
  const reader = await machine(authority, 'reader', { permissions: ['users:read'], scope })
  assert.deepEqual(await refusal(reset(reader.token)), [403, 'forbidden'])
  await call('PATCH', `/users/${user}`, { body: document('users', { status: 'Inactive' }) })
  assert.deepEqual(await refusal(reset()), [409, 'conflict'])
})

test('a reset that is refused says why, and an invited user has no sign-in to reset', async (t) => {
  const authority = await setUp(t, [adminRole])
  const { call, user, reset, prepared } = authority
  const detail = async (answer: ReturnType<typeof reset>) => (await answer).json.errors?.[0].detail
  const unknown = 'There is no such person in this account.'
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'invited@mintmark.internal' }),
  })
  for (const id of ['user-unknown', invited.json.data.relationships.user.data.id])
    assert.equal(await detail(reset(undefined, id)), unknown, id)
  const scope = ['accounts', prepared.account] as const
  const blind = await machine(authority, 'blind', { permissions: ['users:update'], scope })
  assert.equal(await detail(reset(blind.token)), unknown)
  const reader = await machine(authority, 'reader', { permissions: ['users:read'], scope })
  assert.equal(await detail(reset(reader.token)), 'This requires the permission users:update.')
  assert.match(await detail(reset(undefined, prepared.user)), /^You cannot create a sign-in link for yourself\. /)
  await call('PATCH', `/users/${user}`, { body: document('users', { status: 'Inactive' }) })
  assert.equal(await detail(reset()), 'This person is inactive. Activate them first.')
})

test('a link is invalid as soon as the user has rights that its creator lacks', async (t) => {
  const { helper, reset, follow, grantAdmin } = await setUp(t)
  const made = await reset(helper.token)
  const { person, used } = await follow(made.json.link)
  assert.equal(used.status, 200)
  assert.equal((await grantAdmin()).status, 201)
  const late = await person.ask('PUT', '/auth/methods/password', { password: other })
  assert.deepEqual([late.status, late.json.errors[0].code], [401, 'wrong-credentials'])
  assert.equal((await follow(made.json.link)).used.status, 401)
})

test('after a reset by a caller with fewer rights, the user gets no rights that the caller lacks', async (t) => {
  const { helper, reset, follow, grantAdmin } = await setUp(t)
  const { person } = await follow((await reset(helper.token)).json.link)
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  const refused = await grantAdmin()
  assert.deepEqual([refused.status, refused.json.errors?.[0].code], [409, 'conflict'], refused.text)
})

test('an administrator sees the sessions of a user and ends one of them', async (t) => {
  const { call, owner, ann, sessions } = await setUp(t, [adminRole])
  const elsewhere = browser({ call }, '192.0.2.7')
  await elsewhere.ask('POST', '/auth/sign-in', { email, password: strong })
  const listed = await call('GET', sessions)
  const line = (listed.json.sessions as { id: string; address: string; current: boolean }[]).find(
    ({ address }) => address === '192.0.2.7',
  )
  assert.deepEqual([listed.json.sessions.length, line?.current], [2, false])
  const ended = await owner.ask('DELETE', `${sessions}/${line?.id}`)
  assert.equal(ended.status, 204, ended.text)
  assert.equal((await elsewhere.ask('GET', '/tags')).status, 401)
  assert.equal((await ann.ask('GET', '/tags')).status, 200)
  assert.equal((await owner.ask('DELETE', `${sessions}/${line?.id}`)).status, 404, 'it has ended')
  const own = (await owner.ask('GET', '/auth/session')).json.session.id
  assert.equal((await owner.ask('DELETE', `${sessions}/${own}`)).status, 404, 'a session of another user')
  assert.equal((await owner.ask('GET', '/auth/session')).json.session.id, own)
})

test('sessions are hidden from callers without all rights of the user, and from tokens of the user', async (t) => {
  const { call, helper, sessions, prepared } = await setUp(t, [adminRole])
  const own = `/auth/users/${prepared.user}/sessions`
  const cases = [
    [helper.token, sessions, 'grants-more-than-held'],
    [helper.token, own, 'grants-more-than-held'],
    [undefined, own, 'forbidden'],
  ] as const
  for (const [token, path, code] of cases)
    for (const [method, at] of [
      ['GET', path],
      ['DELETE', `${path}/session-1`],
    ] as const) {
      const refused = await call(method, at, token ? { token } : {})
      assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, code], refused.text)
    }
})
