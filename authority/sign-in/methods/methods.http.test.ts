import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { generate } from 'otplib'
import { browser, other, signedIn, start, strong } from '../../../testing/browser.ts'
import { document } from '../../../testing/kit.ts'
import { softwareAuthenticator } from './passkey-samples.ts'

const here = { origin: 'http://localhost:8420', site: 'localhost' }

async function withPasskey(...[t]: Parameters<typeof signedIn>) {
  const started = await signedIn(t)
  const authenticator = softwareAuthenticator(here)
  const { owner } = started
  const options = (await owner.ask('POST', '/auth/methods/passkeys/options', {})).json
  const added = await owner.ask('POST', '/auth/methods/passkeys', {
    name: 'laptop',
    response: authenticator.register(options),
  })
  assert.equal(added.status, 201, added.text)
  return { ...started, authenticator, passkey: added.json.id as string }
}

test('a passkey signs in without a user name, and each response is accepted once, from this server’s challenge, for 5 minutes', async (t) => {
  const { call, authenticator, world } = await withPasskey(t)
  const guest = browser({ call })
  const challenge = async () => (await guest.ask('POST', '/auth/passkey/options', {})).json
  const answer = authenticator.answer(await challenge())
  const signedInAs = await guest.ask('POST', '/auth/passkey/sign-in', { response: answer })
  assert.deepEqual([signedInAs.status, signedInAs.json.session?.methods.passkeys], [200, 1], signedInAs.text)
  const refusedAs = async (response: unknown) =>
    (await guest.ask('POST', '/auth/passkey/sign-in', { response })).json.errors?.[0]?.code
  assert.equal(await refusedAs(answer), 'wrong-credentials', 'the same response again')
  assert.equal(
    await refusedAs(authenticator.answer({ challenge: 'AAAA' })),
    'wrong-credentials',
    'a challenge of another server',
  )
  assert.equal(
    await refusedAs(softwareAuthenticator(here).answer(await challenge())),
    'wrong-credentials',
    'an unknown passkey',
  )
  assert.equal(await refusedAs({ id: 7 }), 'wrong-credentials')
  const late = authenticator.answer(await challenge())
  world.set('2030-01-01T00:05:01Z')
  assert.equal(await refusedAs(late), 'wrong-credentials', 'too late')
})

test('a passkey response from another origin is rejected', async (t) => {
  const { owner } = await signedIn(t)
  const strange = softwareAuthenticator({ origin: 'https://evil.example', site: 'localhost' })
  const options = (await owner.ask('POST', '/auth/methods/passkeys/options', {})).json
  const refused = await owner.ask('POST', '/auth/methods/passkeys', { name: 'x', response: strange.register(options) })
  assert.deepEqual([refused.status, refused.json.errors[0].source.pointer], [422, '/response'])
})

test('a sign-in challenge cannot register a passkey, and the last sign-in method cannot be removed', async (t) => {
  const { owner, link } = await start(t)
  await owner.ask('POST', '/auth/link/use', { secret: await link() })
  const authenticator = softwareAuthenticator(here)
  const wrong = (await owner.ask('POST', '/auth/passkey/options', {})).json
  const refused = await owner.ask('POST', '/auth/methods/passkeys', {
    name: 'x',
    response: authenticator.register(wrong),
  })
  assert.equal(refused.status, 422)
  const options = (await owner.ask('POST', '/auth/methods/passkeys/options', {})).json
  const added = await owner.ask('POST', '/auth/methods/passkeys', {
    name: 'only',
    response: authenticator.register(options),
  })
  assert.equal(added.status, 201, added.text)
  assert.equal((await owner.ask('GET', '/auth/session')).json.session.needs, null, 'the link is redeemed')
  const last = await owner.ask('DELETE', `/auth/methods/passkeys/${added.json.id}`)
  assert.deepEqual([last.status, last.json.errors[0].code], [409, 'conflict'])
  await owner.ask('PUT', '/auth/methods/password', { password: strong })
  assert.equal((await owner.ask('DELETE', `/auth/methods/passkeys/${added.json.id}`)).status, 204)
})

test('a weak password is rejected with an error at its attribute, and so is one that resembles the person’s address', async (t) => {
  const { owner, prepared } = await signedIn(t)
  for (const password of ['short', 'password123', 'aaaaaaaaaaaaaaaa', prepared.email, 'x'.repeat(257)]) {
    const refused = await owner.ask('PUT', '/auth/methods/password', { password })
    assert.deepEqual([password, refused.status, refused.json.errors[0].source.pointer], [password, 422, '/password'])
    assert.ok(!refused.text.includes(password))
  }
  const checked = await owner.ask('POST', '/auth/methods/password/strength', { password: strong })
  assert.deepEqual(checked.json, { score: 4, enough: true, hint: null })
})

test('with one-time passwords on, a password alone is not enough, and each code and recovery code works once', async (t) => {
  const { owner, call, prepared, world } = await signedIn(t)
  const { secret, uri } = (await owner.ask('POST', '/auth/methods/totp', {})).json
  assert.match(uri, /^otpauth:\/\/totp\/Mintmark:.*secret=/)
  const code = () => generate({ secret, epoch: world.now().getTime() / 1000 })
  const wrongly = await owner.ask('POST', '/auth/methods/totp/confirm', { code: '000000' })
  assert.deepEqual([wrongly.status, wrongly.json.errors[0].code], [401, 'wrong-credentials'])
  const confirmed = await owner.ask('POST', '/auth/methods/totp/confirm', { code: await code() })
  const recovery = confirmed.json['recovery-codes'] as string[]
  assert.deepEqual([recovery.length, new Set(recovery).size], [10, 10])

  const guest = browser({ call })
  const signInWith = async (code?: string) => {
    const body = { email: prepared.email, password: strong, ...(code === undefined ? {} : { code }) }
    const answer = await guest.ask('POST', '/auth/sign-in', body)
    return answer.json.errors?.[0]?.code ?? answer.status
  }
  assert.equal(await signInWith(), 'second-factor-required')
  assert.equal(await signInWith(await code()), 'wrong-credentials', 'the code that confirmed the factor was used')
  world.set('2030-01-01T00:01:00Z')
  const fresh = await code()
  assert.equal(await signInWith(fresh), 200)
  assert.equal(await signInWith(fresh), 'wrong-credentials')
  assert.equal(await signInWith(recovery[3]), 200)
  assert.equal(await signInWith(recovery[3]), 'wrong-credentials')
  assert.equal((await owner.ask('GET', '/auth/methods')).json['recovery-codes'].left, 9)
  assert.equal((await owner.ask('DELETE', '/auth/methods/totp')).status, 204)
  assert.equal(await signInWith(), 200)
})

test('a local sign-in link resets the credentials: the new password replaces all others, and other sessions end', async (t) => {
  const { owner, call, link, prepared, authenticator } = await withPasskey(t)
  const seed = (await owner.ask('POST', '/auth/methods/totp', {})).json.secret
  const epoch = Date.parse('2030-01-01T00:00:00Z') / 1000
  await owner.ask('POST', '/auth/methods/totp/confirm', { code: await generate({ secret: seed, epoch }) })
  const lost = browser({ call })
  const opened = await lost.ask('POST', '/auth/link/use', { secret: await link(prepared.email) })
  assert.equal(opened.json.session.needs, 'credential')
  assert.equal((await lost.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  const { methods } = (await lost.ask('GET', '/auth/session')).json.session
  assert.deepEqual([methods.totp, methods.passkeys], [false, 0])
  assert.equal((await owner.ask('GET', '/auth/session')).json.session, null)
  const finder = browser({ call })
  const response = authenticator.answer((await finder.ask('POST', '/auth/passkey/options', {})).json)
  assert.equal(
    (await finder.ask('POST', '/auth/passkey/sign-in', { response })).status,
    401,
    'a person who found the lost device',
  )
})

test('a passkey set with a local sign-in link replaces the password and all other passkeys', async (t) => {
  const { call, link, prepared, passkey } = await withPasskey(t)
  const lost = browser({ call })
  await lost.ask('POST', '/auth/link/use', { secret: await link(prepared.email) })
  const options = (await lost.ask('POST', '/auth/methods/passkeys/options', {})).json
  const response = softwareAuthenticator(here).register(options)
  const added = await lost.ask('POST', '/auth/methods/passkeys', { name: 'new', response })
  assert.equal(added.status, 201, added.text)
  const { password, passkeys } = (await lost.ask('GET', '/auth/methods')).json
  assert.equal(password.set, false)
  assert.deepEqual(
    passkeys.map(({ id }: { id: string }) => id),
    [added.json.id].filter((id) => id !== passkey),
  )
  const withOldPassword = await browser({ call }).ask('POST', '/auth/sign-in', {
    email: prepared.email,
    password: strong,
  })
  assert.equal(withOldPassword.status, 401, withOldPassword.text)
})

test('an inviter gets a sign-in link for an invited person, but not for one who has joined', async (t) => {
  const { owner, call, prepared } = await signedIn(t)
  const invited = await owner.ask(
    'POST',
    `/accounts/${prepared.account}/actions/invite`,
    document('users', { email: 'ann@example.com' }),
  )
  const user = invited.json.data.relationships.user.data.id
  const invitation = { account: prepared.account, user }
  const made = await owner.ask('POST', '/auth/invitations', invitation)
  assert.equal(made.status, 201, made.text)
  assert.match(made.json.link, /^http:\/\/localhost:8420\/welcome#[\w-]{32}$/)
  const ann = browser({ call })
  const secret = made.json.link.split('#')[1]
  assert.equal((await ann.ask('POST', '/auth/link/open', { secret })).json['account-name'], 'main')
  await ann.ask('POST', '/auth/link/use', { secret })
  await ann.ask('PUT', '/auth/methods/password', { password: other })
  assert.equal((await ann.ask('GET', '/auth/session')).json.session.user.id, user)
  const again = await owner.ask('POST', '/auth/invitations', invitation)
  assert.deepEqual([again.status, again.json.errors[0].code], [409, 'conflict'])
  const forOwner = await ann.ask('POST', '/auth/invitations', { account: prepared.account, user: prepared.user })
  assert.equal(forOwner.status, 404, 'a caller without users:read gets a 404')
})

test('the number of invitation links per inviter and minute is limited', async (t) => {
  const { owner, prepared } = await signedIn(t)
  const invitation = { account: prepared.account, user: 'user-unknown' }
  for (let made = 0; made < limits.invitationsPerMinute; made++)
    assert.equal((await owner.ask('POST', '/auth/invitations', invitation)).status, 404)
  const refused = await owner.ask('POST', '/auth/invitations', invitation)
  assert.deepEqual([refused.status, refused.json.errors[0].code], [429, 'too-many-attempts'])
})

test('if mail is configured the invitation is mailed, and a failing mail server is logged and does not prevent the link', async (t) => {
  const mail = { address: 'smtp://127.0.0.1:1', from: 'mintmark@example.com' }
  const { owner, prepared, log } = await signedIn(t, { mail })
  const body = document('users', { email: 'ann@example.com' })
  const invited = await owner.ask('POST', `/accounts/${prepared.account}/actions/invite`, body)
  const user = invited.json.data.relationships.user.data.id
  const made = await owner.ask('POST', '/auth/invitations', { account: prepared.account, user })
  assert.deepEqual([made.status, made.json.mailed], [201, false])
  assert.ok(log.some((line) => line.includes('a mail could not be sent')))
  assert.ok(!log.join().includes(made.json.link.split('#')[1]))
})

test('a person with a first password can do nothing before they change it', async (t) => {
  const { call } = await signedIn(t)
  const made = await call('POST', '/users', {
    body: document('users', {
      email: 'ann@example.com',
      password: 'Given-by-0thers',
      'change-password-on-sign-in': true,
    }),
  })
  assert.equal(made.status, 201, made.text)
  const ann = browser({ call })
  const signedInAs = await ann.ask('POST', '/auth/sign-in', { email: 'ann@example.com', password: 'Given-by-0thers' })
  assert.equal(signedInAs.json.session.needs, 'new-password')
  const early = await ann.ask('GET', '/access-tokens')
  assert.deepEqual([early.status, early.json.errors[0].code], [403, 'sign-in-unfinished'])
  assert.equal((await ann.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  assert.equal((await ann.ask('GET', '/access-tokens')).status, 200)
})

test('no sign-in secret is stored in the database, the log or the audit log', async (t) => {
  const { owner, database, log, link, call } = await signedIn(t)
  const secret = await link()
  const seed = (await owner.ask('POST', '/auth/methods/totp', {})).json.secret as string
  await browser({ call }).ask('POST', '/auth/sign-in', { email: 'a@b.example', password: 'hunter2 hunter2' })
  const cookie = owner.cookie().split('=')[1] as string
  const rows = await Promise.all(
    ['sessions', 'one_time_links', 'one_time_passwords', 'users', 'audit_events'].map((table) => {
      const found: unknown[] = []
      return database.each(`select * from ${table}`, (row) => void found.push(...row)).then(() => found)
    }),
  )
  const stored = rows
    .flat()
    .map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : String(cell)))
    .join('\n')
  for (const text of [secret, seed, cookie, strong, 'hunter2'])
    for (const location of [stored, log.join('\n')]) assert.ok(!location.includes(text))
})
