import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, minting, other, signedIn, start, strong } from '../../testing/browser.ts'
import { type Authority, document, machine } from '../../testing/kit.ts'

test('setting a password redeems the sign-in link and lifts the restriction of its session', async (t) => {
  const { owner, link, call, prepared } = await start(t)
  const secret = await link()
  const opened = await owner.ask('POST', '/auth/link/open', { secret })
  assert.deepEqual([opened.status, opened.json.purpose, opened.json.email], [200, 'owner', prepared.email])
  const used = await owner.ask('POST', '/auth/link/use', { secret })
  assert.deepEqual([used.status, used.json.session.needs, used.json.session.accounts], [200, 'credential', []])
  assert.match(
    used.headers['set-cookie'] as string,
    /^__Host-mintmark=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
  )
  const early = await owner.ask('GET', '/access-tokens')
  assert.deepEqual([early.status, early.json.errors[0].code], [403, 'sign-in-unfinished'])

  const rival = browser({ call })
  assert.equal((await rival.ask('POST', '/auth/link/use', { secret })).status, 200)
  const before = owner.cookie()
  assert.equal((await owner.ask('PUT', '/auth/methods/password', { password: strong })).status, 204)
  assert.notEqual(owner.cookie(), before, 'the session gets a new secret')
  const late = await rival.ask('PUT', '/auth/methods/password', { password: other })
  assert.equal(late.json.errors[0].code, 'no-session', 'another session of the same link has ended')
  const again = await rival.ask('POST', '/auth/link/use', { secret })
  assert.deepEqual([again.status, again.json.errors[0].code], [401, 'wrong-credentials'])

  const session = (await owner.ask('GET', '/auth/session')).json.session
  assert.deepEqual([session.needs, session.methods.password, session.user.email], [null, true, prepared.email])
  assert.equal(session.accounts[0].id, prepared.account)
  assert.equal((await owner.ask('POST', '/access-tokens', minting)).status, 201)
})

test('a wrong password and an unknown address get the same response, and beyond the limit even the right password is rejected', async (t) => {
  const { call, prepared, world } = await signedIn(t)
  const attacker = browser({ call }, '203.0.113.7')
  const guess = (email: string, password: string) => attacker.ask('POST', '/auth/sign-in', { email, password })
  const known = await guess(prepared.email, 'wrong')
  const unknown = await guess('nobody@example.com', 'wrong')
  assert.deepEqual([known.status, known.json], [401, unknown.json])
  for (let times = 1; times < 10; times++) await guess(prepared.email, 'wrong')
  const held = await guess(prepared.email, strong)
  assert.deepEqual(
    [held.status, held.json.errors[0].code, held.headers['retry-after']],
    [429, 'too-many-attempts', '900'],
  )
  world.set('2030-01-01T00:15:01Z')
  assert.equal((await guess(prepared.email, strong)).status, 200)
})

test('a session cookie is ignored without the console header and from other sites', async (t) => {
  const { owner, call } = await signedIn(t)
  const cookie = owner.cookie()
  const headers = { cookie, host: 'localhost:8420' }
  const foreignHeaders: Record<string, string>[] = [
    {},
    { 'x-mintmark-console': '1', 'sec-fetch-site': 'cross-site' },
    { 'x-mintmark-console': '0' },
  ]
  for (const extra of foreignHeaders) {
    const read = await call('GET', '/access-tokens', { token: null, headers: { ...headers, ...extra } })
    assert.deepEqual([read.status, read.json.errors[0].code], [401, 'no-token'])
    const minted = await call('POST', '/access-tokens', {
      token: null,
      headers: { ...headers, ...extra },
      body: minting,
    })
    assert.equal(minted.status, 401)
    const out = await call('POST', '/auth/sign-out', { token: null, headers: { ...headers, ...extra }, body: {} })
    assert.equal(out.status, 403)
  }
  const strange = await owner.ask('POST', '/auth/sign-out', {}, { origin: 'https://evil.example' })
  assert.equal(strange.status, 403)
  assert.equal((await owner.ask('GET', '/access-tokens')).status, 200, 'the session remains active')
})

test('signing in replaces a session cookie that an attacker set before', async (t) => {
  const { call, prepared } = await signedIn(t)
  const victim = browser({ call })
  const planted = `__Host-mintmark=${'x'.repeat(43)}`
  victim.take(planted)
  assert.equal((await victim.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })).status, 200)
  assert.notEqual(victim.cookie(), planted)
  const planter = browser({ call })
  planter.take(planted)
  assert.equal((await planter.ask('GET', '/auth/session')).json.session, null)
})

test('signing in ends the previous session of the browser, also for another person', async (t) => {
  const started = await signedIn(t)
  const { call, owner, prepared, link } = started
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'ann@example.com' }),
  })
  assert.ok(invited.status < 300, invited.text)
  const copy = browser({ call })
  const hasEnded = async () => (await copy.ask('GET', '/auth/session')).json.session === null
  const signIn = (password: string) => owner.ask('POST', '/auth/sign-in', { email: prepared.email, password })

  copy.take(owner.cookie())
  assert.equal((await signIn('wrong')).status, 401)
  assert.equal(await hasEnded(), false, 'a failed attempt ends no session')
  assert.equal((await signIn(strong)).status, 200)
  assert.equal(await hasEnded(), true, 'the same person, by password')
  assert.equal((await owner.ask('GET', '/auth/sessions')).json.sessions.length, 1)

  copy.take(owner.cookie())
  const used = await owner.ask('POST', '/auth/link/use', { secret: await link('ann@example.com') })
  assert.equal(used.json.session.user.email, 'ann@example.com', used.text)
  assert.equal(await hasEnded(), true, 'another person, by a link')
  const ended = (await call('GET', '/audit-events?filter[action]=sessions.deleted')).json.data
  assert.equal(ended.length, 2)
  for (const { attributes } of ended) assert.equal(attributes['subject-id'], prepared.user)
})

test('plain HTTP is rejected except on loopback addresses', async (t) => {
  const { owner, prepared } = await signedIn(t)
  const credentials = { email: prepared.email, password: strong }
  const from = (host: string, origin: string) => owner.ask('POST', '/auth/sign-in', credentials, { host, origin })
  const plain = await from('mintmark.corp', 'http://mintmark.corp')
  assert.deepEqual([plain.status, plain.json.errors[0].code], [403, 'insecure-connection'])
  assert.equal((await from('mintmark.corp', 'https://mintmark.corp')).status, 200)
  assert.equal((await from('127.0.0.1:8420', 'http://127.0.0.1:8420')).status, 200)
})

test('a session without recent re-authentication cannot create tokens, grant rights or change credentials', async (t) => {
  const { owner, world, prepared, call } = await signedIn(t)
  const bystander = await machine({ call } as Authority, 'ci')
  const token = (await call('GET', `/service-accounts/${bystander.id}/access-tokens`)).json.data[0].id
  const own = (await owner.ask('POST', '/access-tokens', minting)).json.data.id
  world.set('2030-01-01T00:16:00Z')
  for (const [method, path, body] of [
    ['POST', '/access-tokens', minting],
    ['POST', '/roles', document('roles', { name: 'r' }, { permissions: [['permissions', '*:read']] })],
    ['DELETE', `/access-tokens/${token}`, undefined],
    ['PUT', '/auth/methods/password', { password: other }],
    ['POST', '/auth/methods/passkeys/options', {}],
    ['POST', '/auth/methods/totp', {}],
  ] as const) {
    const refused = await owner.ask(method, path, body)
    assert.deepEqual([path, refused.status, refused.json.errors?.[0].code], [path, 403, 'step-up-required'])
  }
  assert.equal(
    (await owner.ask('DELETE', `/access-tokens/${own}`)).status,
    204,
    'revoking an own token requires no re-authentication',
  )
  const before = owner.cookie()
  assert.equal((await owner.ask('POST', '/auth/step-up', { password: 'wrong' })).status, 401)
  assert.equal((await owner.ask('POST', '/auth/step-up', { password: strong })).status, 200)
  assert.notEqual(owner.cookie(), before)
  assert.equal((await owner.ask('DELETE', `/access-tokens/${token}`)).status, 204)
  const stale = browser({ call })
  stale.take(before)
  assert.equal((await stale.ask('GET', '/auth/session')).json.session, null, 'the previous session secret is invalid')
  const audited = await call('GET', `/audit-events?filter[action]=sessions.reauthenticated`)
  assert.equal(audited.json.data[0].relationships.actor?.data?.id ?? prepared.user, prepared.user)
})

test('a session ends after 12 idle hours, after 7 days, by sign-out, and from another session', async (t) => {
  const { owner, world, prepared, call } = await signedIn(t)
  const alive = async (of = owner) => (await of.ask('GET', '/auth/session')).json.session !== null
  const signInAgain = async () => {
    const fresh = browser({ call })
    assert.equal((await fresh.ask('POST', '/auth/sign-in', { email: prepared.email, password: strong })).status, 200)
    return fresh
  }
  world.set('2030-01-01T12:00:01Z')
  assert.equal(await alive(), false, 'idle')
  const busy = await signInAgain()
  world.set('2030-01-01T20:00:00Z')
  assert.equal(await alive(busy), true)
  for (let day = 1; day <= 6; day++)
    for (const hour of ['02', '11', '20']) {
      world.set(`2030-01-0${day + 1}T${hour}:00:00Z`)
      assert.equal(await alive(busy), true)
    }
  world.set('2030-01-08T05:00:00Z')
  assert.equal(await alive(busy), true)
  world.set('2030-01-08T12:00:02Z')
  assert.equal(await alive(busy), false, 'seven days')

  const [one, two, three] = [await signInAgain(), await signInAgain(), await signInAgain()]
  const listed = (await one.ask('GET', '/auth/sessions')).json.sessions
  assert.deepEqual([listed.length, listed.filter((each: { current: boolean }) => each.current).length], [3, 1])
  assert.equal((await two.ask('POST', '/auth/sign-out', {})).status, 204)
  const notMine = listed.find((each: { current: boolean }) => !each.current)
  assert.equal((await one.ask('DELETE', `/auth/sessions/session-v0o00000000000000`)).status, 404)
  await one.ask('DELETE', `/auth/sessions/${notMine.id}`)
  await one.ask('POST', '/auth/sessions/end-others', {})
  assert.deepEqual([await alive(one), await alive(three)], [true, false])
})

test('the sessions of a deactivated person end with the next request', async (t) => {
  const { call, link, prepared } = await signedIn(t)
  const made = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'ann@example.com' }),
  })
  assert.ok(made.status < 300, made.text)
  const ann = browser({ call })
  await ann.ask('POST', '/auth/link/use', { secret: await link('ann@example.com'), 'full-name': 'Ann' })
  await ann.ask('PUT', '/auth/methods/password', { password: other })
  const { session } = (await ann.ask('GET', '/auth/session')).json
  assert.deepEqual([session.user['full-name'], (await ann.ask('GET', '/access-tokens')).status], ['Ann', 200])
  const body = document('users', { status: 'Inactive' })
  assert.equal((await call('PATCH', `/users/${session.user.id}`, { body })).status, 200)
  assert.equal((await ann.ask('GET', '/access-tokens')).status, 401)
  assert.equal((await ann.ask('POST', '/auth/sign-in', { email: 'ann@example.com', password: other })).status, 401)
})
