/** Users control their own sign-in methods, and deactivation ends their sessions and links. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptAsNew, browser, other, signedIn, start, strong } from '../../../testing/browser.ts'
import { document, machine } from '../../../testing/kit.ts'

test("changing one's password or email address requires a session with recent re-authentication, a token cannot do it", async (t) => {
  const { call, owner, prepared, world } = await signedIn(t)
  const own = `/users/${prepared.user}`
  for (const attributes of [{ password: other }, { email: 'thief@mintmark.internal' }]) {
    const refused = await call('PATCH', own, { body: document('users', attributes) })
    assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'forbidden'], refused.text)
  }
  const named = await call('PATCH', own, {
    body: document('users', { email: prepared.email, 'full-name': 'Ada Lovelace' }),
  })
  assert.equal(named.status, 200, 'sending the same email address is not a change')
  world.set('2030-01-01T00:16:00Z')
  const stale = await owner.ask('PATCH', own, document('users', { email: 'ada@mintmark.internal' }))
  assert.equal(stale.json.errors[0].code, 'step-up-required')
  await owner.ask('POST', '/auth/step-up', { password: strong })
  const moved = await owner.ask('PATCH', own, document('users', { email: 'ada@mintmark.internal' }))
  assert.equal(moved.json.data?.attributes.email, 'ada@mintmark.internal', moved.text)
})

test('a token cannot create a sign-in link for its owner', async (t) => {
  const { call, prepared } = await start(t)
  const body = { account: prepared.account, user: prepared.user }
  const refused = await call('POST', '/auth/invitations', { body })
  assert.deepEqual([refused.status, refused.json.errors?.[0].code], [403, 'forbidden'], refused.text)
})

test("only an administrator with at least the user's rights can sign the user out everywhere", async (t) => {
  const authority = await signedIn(t)
  const { call, prepared } = authority
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'ann@mintmark.internal' }, { roles: [['roles', 'role-t67mjtmd93j62hg']] }),
  })
  const user = invited.json.data.relationships.user.data.id
  const person = await acceptAsNew(authority, user)
  const helper = await machine(authority, 'helper', { permissions: ['users:*'], scope: ['accounts', prepared.account] })
  const path = `/users/${user}/actions/end-sessions`
  assert.equal((await call('POST', path, { token: helper.token })).status, 403)
  assert.equal((await call('POST', `/users/${prepared.user}/actions/end-sessions`)).status, 403, 'a token of its owner')
  assert.equal((await person.ask('GET', '/tags')).status, 200)
  assert.equal((await call('POST', path)).status, 204)
  assert.equal((await person.ask('GET', '/tags')).status, 401)
})

test('a password cannot be chosen for a user who has a credential', async (t) => {
  const { call, link } = await signedIn(t)
  const email = 'new@mintmark.internal'
  const made = await call('POST', '/users', { body: document('users', { email }) })
  const choose = (password: string) =>
    call('PATCH', `/users/${made.json.data.id}`, { body: document('users', { password }) })
  assert.equal((await choose(other)).status, 200, 'a first password')
  const first = await browser({ call }).ask('POST', '/auth/sign-in', { email, password: other })
  assert.equal(first.json.session.needs, 'new-password')
  const person = browser({ call })
  await person.ask('POST', '/auth/link/use', { secret: await link(email) })
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  const refused = await choose(other)
  assert.deepEqual(
    [refused.status, refused.json.errors[0].source?.pointer],
    [422, '/data/attributes/password'],
    refused.text,
  )
  assert.match(refused.json.errors[0].detail, /own passwords/)
})

test('first passwords have the same strength rules as passwords set in the console', async (t) => {
  const { call, prepared, owner } = await signedIn(t)
  const create = (password: string, email = 'new@mintmark.internal') =>
    call('POST', '/users', { body: document('users', { email, password, status: 'Active' }) })
  for (const weak of ['Password1!', 'Welcome1!', 'Mintmark1!', 'P@ssw0rd', 'New@mintmark.internal1']) {
    const refused = await create(weak)
    assert.deepEqual(
      [weak, refused.status, refused.json.errors[0].source?.pointer],
      [weak, 422, '/data/attributes/password'],
      refused.text,
    )
  }
  const own = await owner.ask('PATCH', `/users/${prepared.user}`, document('users', { password: 'Password1!' }))
  assert.equal(own.status, 422, own.text)
})

test('a first password must be replaced at the first sign-in', async (t) => {
  const { call } = await signedIn(t)
  const first = 'Quill-velvet-orbit-77'
  const attributes = { email: 'new@mintmark.internal', password: first, status: 'Active' }
  const made = await call('POST', '/users', { body: document('users', attributes) })
  assert.equal(made.status, 201, made.text)
  const person = browser({ call })
  const session = await person.ask('POST', '/auth/sign-in', { email: attributes.email, password: first })
  assert.deepEqual([session.status, session.json.session?.needs], [200, 'new-password'], session.text)
  assert.equal((await person.ask('GET', '/access-tokens')).json.errors[0].code, 'sign-in-unfinished')
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  assert.equal((await person.ask('GET', '/access-tokens')).status, 200)
})

test('a first password cannot be kept, even with a sign-in link', async (t) => {
  const { call, link } = await signedIn(t)
  const first = 'Quill-velvet-orbit-77'
  const email = 'new@mintmark.internal'
  await call('POST', '/users', { body: document('users', { email, password: first, status: 'Active' }) })
  const person = browser({ call })
  const keep = async () => {
    const kept = await person.ask('PUT', '/auth/methods/password', { password: first })
    assert.deepEqual([kept.status, kept.json.errors?.[0].source?.pointer], [422, '/password'], kept.text)
  }
  await person.ask('POST', '/auth/link/use', { secret: await link(email) })
  await keep()
  assert.equal((await person.ask('POST', '/auth/sign-in', { email, password: first })).status, 200)
  await keep()
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
})

test('a first password expires like an invitation, and a new one can be chosen afterwards', async (t) => {
  const { call, world } = await signedIn(t)
  const attributes = { email: 'new@mintmark.internal', password: 'Quill-velvet-orbit-77', status: 'Active' }
  const made = await call('POST', '/users', { body: document('users', attributes) })
  const signIn = (password: string) =>
    browser({ call }).ask('POST', '/auth/sign-in', { email: attributes.email, password })
  const person = browser({ call })
  world.set('2030-01-07T23:59:59Z')
  const { email, password } = attributes
  assert.equal((await person.ask('POST', '/auth/sign-in', { email, password })).status, 200)
  world.set('2030-01-08T00:00:00Z')
  const late = await person.ask('PUT', '/auth/methods/password', { password: strong })
  assert.equal(late.json.errors?.[0].code, 'wrong-credentials', 'also in a session that it started')
  const expired = await signIn(password)
  assert.deepEqual([expired.status, expired.json.errors?.[0].code], [401, 'wrong-credentials'])
  const next = await call('PATCH', `/users/${made.json.data.id}`, { body: document('users', { password: other }) })
  assert.equal(next.status, 200, next.text)
  assert.equal((await signIn(other)).status, 200)
})

test('deactivating a user ends sessions and invalidates links, and reactivation does not restore them', async (t) => {
  const { call, prepared, link } = await signedIn(t)
  const email = 'leaver@mintmark.internal'
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email }),
  })
  const user = invited.json.data.relationships.user.data.id
  const person = browser({ call })
  await person.ask('POST', '/auth/link/use', { secret: await link(email) })
  assert.equal((await person.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  const setStatus = (status: string) => call('PATCH', `/users/${user}`, { body: document('users', { status }) })
  for (const [stopped, name] of [
    ['Inactive', 'deactivated'],
    ['Pending', 'set back to pending'],
  ] as const) {
    const secret = await link(email)
    const opened = browser({ call })
    await opened.ask('POST', '/auth/link/use', { secret })
    assert.equal((await person.ask('GET', '/access-tokens')).status, 200, name)
    assert.equal((await setStatus(stopped)).status, 200)
    const late = await opened.ask('PUT', '/auth/methods/password', { password: other })
    assert.equal(late.json.errors?.[0].code, 'no-session', `${name}: ${late.text}`)
    assert.equal((await setStatus('Active')).status, 200)
    for (const old of [person, opened]) assert.equal((await old.ask('GET', '/auth/session')).json.session, null, name)
    assert.equal((await opened.ask('POST', '/auth/link/open', { secret })).json.errors[0].code, 'wrong-credentials')
    const back = await person.ask('POST', '/auth/sign-in', { email, password: strong })
    assert.equal(back.status, 200, "the user's password still works")
  }
})

test('deleting a user ends sessions and revokes tokens', async (t) => {
  const authority = await signedIn(t)
  const { call, prepared } = authority
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'leaver@mintmark.internal' }),
  })
  const user = invited.json.data.relationships.user.data.id
  const person = await acceptAsNew(authority, user)
  const minted = await person.ask('POST', '/access-tokens', document('access-tokens', {}))
  const { token } = minted.json.data.attributes
  assert.equal((await call('GET', '/ping', { token })).status, 200)
  assert.equal((await call('DELETE', `/users/${user}`)).status, 204)
  assert.equal((await person.ask('GET', '/auth/session')).json.session, null)
  assert.equal((await person.ask('GET', '/access-tokens')).status, 401)
  assert.equal((await call('GET', '/ping', { token })).status, 401)
})
