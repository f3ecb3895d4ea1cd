import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { browser, other, signedIn, strong } from '../../testing/browser.ts'
import { masterKeys } from '../../testing/kit.ts'
import { temporaryPostgres } from '../../testing/postgres.ts'
import { loadSigningKeys } from '../vault/signing-keys.ts'
import { openVault } from '../vault/vault.ts'
import { mailServer } from './email/mail-server-samples.ts'
import { createKnownBrowserCookie } from './known-browser.ts'
import { softwareAuthenticator } from './methods/passkey-samples.ts'

type Started = Awaited<ReturnType<typeof signedIn>>

const codeOf = (response: { status: number; json: { errors?: { code: string }[] } }) =>
  response.json.errors?.[0]?.code ?? response.status

const signIn = (from: ReturnType<typeof browser>, email: string, password: string, code?: string) =>
  from.ask('POST', '/auth/sign-in', { email, password, ...(code === undefined ? {} : { code }) }).then(codeOf)

const failuresIn = async ({ database }: Started) => {
  const rows = await database.read
    .selectFrom('auditEvents')
    .selectAll()
    .where('action', 'in', ['sessions.failed', 'sessions.limited'])
    .orderBy('after')
    .orderBy('address')
    .execute()
  return rows.map((row) => {
    const { reason, during } = JSON.parse(row.after ?? '{}')
    return { reason, during, times: row.times, subject: row.subjectId, address: row.address, account: row.accountId }
  })
}

const notificationsOf = async ({ call }: Started, kind: string) =>
  (await call('GET', `/notifications?filter[kind]=${kind}&sort=at`)).json.data.map(
    ({ attributes }: { attributes: { data: object } }) => attributes.data,
  )

async function withCodes(started: Started) {
  const { owner, world } = started
  const { secret } = (await owner.ask('POST', '/auth/methods/totp', {})).json
  const code = () => generate({ secret, epoch: world.now().getTime() / 1000 })
  const confirmed = await owner.ask('POST', '/auth/methods/totp/confirm', { code: await code() })
  assert.equal(confirmed.status, 200, confirmed.text)
  return { code, recovery: confirmed.json['recovery-codes'] as string[] }
}

test('guesses from unknown browsers do not lock out known browsers, sessions or passkeys', async (t) => {
  const started = await signedIn(t)
  const { owner, call, prepared } = started
  const authenticator = softwareAuthenticator({ origin: 'http://localhost:8420', site: 'localhost' })
  const options = (await owner.ask('POST', '/auth/methods/passkeys/options', {})).json
  const response = authenticator.register(options)
  assert.equal((await owner.ask('POST', '/auth/methods/passkeys', { name: 'laptop', response })).status, 201)

  const attacker = browser({ call }, '203.0.113.7')
  for (let times = 0; times < 10; times++)
    assert.equal(await signIn(attacker, prepared.email, 'wrong'), 'wrong-credentials')
  assert.equal(await signIn(attacker, prepared.email, strong), 'too-many-attempts')
  assert.equal(
    await signIn(browser({ call }, '198.51.100.1'), prepared.email, strong),
    'too-many-attempts',
    'from any address',
  )

  assert.equal(
    (await owner.ask('POST', '/auth/step-up', { password: strong })).status,
    200,
    're-authentication in a session',
  )
  const passkey = async () => {
    const challenge = (await attacker.ask('POST', '/auth/passkey/options', {})).json
    return attacker.ask('POST', '/auth/passkey/sign-in', { response: authenticator.answer(challenge) })
  }
  assert.equal((await passkey()).status, 200, 'a passkey, even from the guessing address')
  await owner.ask('POST', '/auth/sign-out', {})
  assert.equal(owner.cookie(), '')
  assert.equal(await signIn(owner, prepared.email, strong), 200, 'a known browser')
})

test('known browsers and sessions have separate limits', async (t) => {
  const { owner, prepared } = await signedIn(t)
  for (let times = 0; times < 10; times++)
    assert.equal(codeOf(await owner.ask('POST', '/auth/step-up', { password: 'wrong' })), 'wrong-credentials')
  assert.equal(codeOf(await owner.ask('POST', '/auth/step-up', { password: strong })), 'too-many-attempts')
  for (let times = 0; times < 10; times++)
    assert.equal(await signIn(owner, prepared.email, 'wrong'), 'wrong-credentials')
  assert.equal(await signIn(owner, prepared.email, strong), 'too-many-attempts')
})

test('a person has at most 30 failed attempts in 15 minutes in all their known browsers together', async (t) => {
  const { owner, call, prepared, world } = await signedIn(t)
  const browsers = [owner]
  while (browsers.length < 4) {
    const another = browser({ call })
    assert.equal(await signIn(another, prepared.email, strong), 200)
    browsers.push(another)
  }
  for (const each of browsers.slice(0, 3))
    for (let times = 0; times < 10; times++)
      assert.equal(await signIn(each, prepared.email, 'wrong'), 'wrong-credentials')
  const [fourth] = browsers.slice(3) as [ReturnType<typeof browser>]
  assert.equal(await signIn(fourth, prepared.email, strong), 'too-many-attempts')
  world.set('2030-01-01T00:15:01Z')
  assert.equal(await signIn(fourth, prepared.email, strong), 200)
})

test('a known-browser cookie cannot be forged with a copy of the signing key', async (t) => {
  const { call, prepared, database, world } = await signedIn(t)
  const attacker = browser({ call }, '203.0.113.7')
  for (let times = 0; times < 10; times++) await signIn(attacker, prepared.email, 'wrong')
  const { key: signingKey } = (await loadSigningKeys(database.read, openVault(world, masterKeys))).current()
  const person = await database.read
    .selectFrom('users')
    .select(['id', 'passwordChangedAt'])
    .where('id', '=', prepared.user)
    .executeTakeFirstOrThrow()
  const forged = createKnownBrowserCookie({ world, vault: openVault(world, new Map([[1, signingKey]])) }, person)
  const headers = { 'x-mintmark-console': '1', host: 'localhost:8420' }
  const body = { email: prepared.email, password: strong }
  const signInWith = (value: string) =>
    call('POST', '/auth/sign-in', {
      token: null,
      headers: { ...headers, cookie: `__Host-mintmark-browser=${value}` },
      body,
    }).then(codeOf)
  assert.equal(await signInWith(forged), 'too-many-attempts')
  const genuine = createKnownBrowserCookie({ world, vault: openVault(world, masterKeys) }, person)
  assert.equal(await signInWith(genuine), 200)
})

test('a known-browser cookie is ignored for another person, if altered, and after a password change', async (t) => {
  const started = await signedIn(t)
  const { owner, call, prepared, link, world } = started
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: { data: { type: 'users', attributes: { email: 'ann@example.com' } } },
  })
  assert.ok(invited.status < 300, invited.text)
  const ann = browser({ call })
  await ann.ask('POST', '/auth/link/use', { secret: await link('ann@example.com') })
  assert.equal((await ann.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  const [annsCookie, ownersCookie] = [ann.knownBrowser(), owner.knownBrowser()]
  assert.match(annsCookie, /^__Host-mintmark-browser=[\w-]{75}$/)
  const attacker = browser({ call }, '203.0.113.7')
  for (let times = 0; times < 10; times++) await signIn(attacker, prepared.email, 'wrong')
  const withCookie = async (cookie: string) => {
    const headers = { 'x-mintmark-console': '1', host: 'localhost:8420', cookie }
    const body = { email: prepared.email, password: strong }
    return codeOf(await call('POST', '/auth/sign-in', { token: null, headers, body }))
  }
  const altered = ownersCookie.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))
  const [name, value = ''] = ownersCookie.split('=')
  for (const cookie of [annsCookie, altered, `${name}=${value.slice(1)}`, `${name}=${'A'.repeat(75)}`, ''])
    assert.equal(await withCookie(cookie), 'too-many-attempts', cookie)
  assert.equal(await withCookie(ownersCookie), 200)
  world.set('2030-01-01T00:01:00Z')
  assert.equal((await owner.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
  assert.equal(await withCookie(ownersCookie), 'too-many-attempts')
})

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: failed sign-ins, wrong codes and reached limits are audited per minute, without the typed input`, async (t) => {
    const store = kind === 'postgres' ? { store: { url: await temporaryPostgres(t) } } : {}
    const started = await signedIn(t, store)
    const { owner, app, call, prepared, database } = started
    await withCodes(started)
    const attacker = browser({ call }, '203.0.113.7')
    for (let times = 0; times < 3; times++) await signIn(attacker, prepared.email, 'hunter2 hunter2')
    for (let times = 0; times < 2; times++) await signIn(attacker, prepared.email, strong, '987123')
    await signIn(attacker, 'my secret typed here@example.com', 'x')
    await attacker.ask('POST', '/auth/passkey/sign-in', { response: { id: 'nope' } })
    await attacker.ask('POST', '/auth/link/use', { secret: 'nope' })
    await owner.ask('POST', '/auth/step-up', { password: 'wrong' })
    assert.deepEqual(await failuresIn(started), [], 'failures are not written during the request')
    await app.flush()
    const [user, account] = [prepared.user, prepared.account]
    const from = { address: '203.0.113.7', during: 'sign-in' }
    assert.deepEqual(
      await failuresIn(started),
      [
        { reason: 'invalid-link', ...from, times: 1, subject: null, account: null },
        { reason: 'unknown-person', ...from, times: 1, subject: null, account: null },
        { reason: 'wrong-code', ...from, times: 2, subject: user, account },
        { reason: 'wrong-passkey', ...from, times: 1, subject: null, account: null },
        {
          reason: 'wrong-password',
          during: 're-authentication',
          address: '127.0.0.1',
          times: 1,
          subject: user,
          account,
        },
        { reason: 'wrong-password', ...from, times: 3, subject: user, account },
      ].map(({ reason, during, times, subject, address, account }) => ({
        reason,
        during,
        times,
        subject,
        address,
        account,
      })),
    )
    for (let times = 0; times < 6; times++) await signIn(attacker, prepared.email, 'wrong')
    await app.flush()
    const limited = (await failuresIn(started)).find(({ reason }) => reason === 'too-many-attempts')
    assert.deepEqual([limited?.subject, limited?.times], [user, 1])
    const cells: unknown[] = []
    await database.each('select * from audit_events', (row) => void cells.push(...row))
    for (const text of ['hunter2', 'typed here', '987123']) assert.ok(!cells.join('\n').includes(text), text)
    const shown = (await call('GET', `/accounts/${account}`)).json.data.attributes
    assert.deepEqual([shown['login-attempts'], shown['last-login-attempt-at']], [12, '2030-01-01T00:00:00.000Z'])
  })

test('after 10 failed attempts the person gets one notification a day', async (t) => {
  const started = await signedIn(t)
  const { app, call, prepared, world } = started
  const attacker = browser({ call }, '203.0.113.7')
  const failTimes = async (count: number) => {
    for (let times = 0; times < count; times++) await signIn(attacker, prepared.email, 'wrong')
    await app.flush()
  }
  await failTimes(9)
  assert.deepEqual(await notificationsOf(started, 'sign-in.failed'), [])
  await failTimes(5)
  const [notification, ...more] = await notificationsOf(started, 'sign-in.failed')
  assert.deepEqual(
    [
      notification.failures,
      notification['wrong-codes'] ?? notification.wrongCodes,
      notification.addresses,
      more.length,
    ],
    [14, 0, ['203.0.113.7'], 0],
  )
  for (let hour = 1; hour < 3; hour++) {
    world.set(`2030-01-01T0${hour}:00:00Z`)
    await failTimes(12)
  }
  assert.equal((await notificationsOf(started, 'sign-in.failed')).length, 1)
  world.set('2030-01-02T01:00:00Z')
  await failTimes(12)
  assert.equal((await notificationsOf(started, 'sign-in.failed')).length, 2)
})

test('codes are limited per day across restarts, while recovery codes and known browsers still work', async (t) => {
  const started = await signedIn(t)
  const { owner, app, call, prepared, world } = started
  const { code, recovery } = await withCodes(started)
  const guess = async (times: number) => {
    let last: unknown
    for (let n = 0; n < times; n++)
      last = await signIn(browser({ call }, '203.0.113.7'), prepared.email, strong, '000000')
    return last
  }
  assert.equal(await guess(8), 'wrong-credentials')
  await app.flush()
  const [notification] = await notificationsOf(started, 'sign-in.failed')
  assert.equal(
    notification.wrongCodes ?? notification['wrong-codes'],
    8,
    'the person is notified that another person knows the password',
  )
  world.set('2030-01-01T01:00:00Z')
  assert.equal(await guess(8), 'wrong-credentials')
  world.set('2030-01-01T02:00:00Z')
  assert.equal(await guess(5), 'too-many-attempts', '20 a day')
  world.set('2030-01-01T03:00:00Z')
  const guest = browser({ call }, '198.51.100.1')
  assert.equal(
    await signIn(guest, prepared.email, strong, await code()),
    'too-many-attempts',
    'even the right code from an unknown browser',
  )
  assert.equal(await signIn(guest, prepared.email, strong, recovery[0]), 200)
  assert.equal(await signIn(owner, prepared.email, strong, await code()), 200, 'a known browser')
  world.set('2030-01-02T00:00:01Z')
  assert.equal(await signIn(browser({ call }), prepared.email, strong, await code()), 200, 'the next day')
})

test('concurrent codes get no more attempts than sequential ones', async (t) => {
  const started = await signedIn(t)
  const { call, prepared, world } = started
  const { code } = await withCodes(started)
  for (let hour = 1; hour <= 2; hour++) {
    world.set(`2030-01-01T0${hour}:00:00Z`)
    for (let n = 0; n < 9; n++) await signIn(browser({ call }, '203.0.113.7'), prepared.email, strong, '000000')
  }
  world.set('2030-01-01T03:00:00Z')
  const results = await Promise.all(
    Array.from({ length: 9 }, () => signIn(browser({ call }, '203.0.113.7'), prepared.email, strong, '000000')),
  )
  assert.deepEqual(results.filter((each) => each === 'wrong-credentials').length, 2)
  assert.equal(await signIn(browser({ call }), prepared.email, strong, await code()), 'too-many-attempts')
})

test('every credential change ends the other sessions, is audited and notifies the person', async (t) => {
  const started = await signedIn(t)
  const { owner, call, prepared, world, database } = started
  const authenticator = softwareAuthenticator({ origin: 'http://localhost:8420', site: 'localhost' })
  const { json } = await owner.ask('POST', '/auth/methods/totp', {})
  const code = () => generate({ secret: json.secret, epoch: world.now().getTime() / 1000 })
  let passkey = ''
  let minute = 0
  const changes: Record<string, () => Promise<{ status: number; text: string }>> = {
    'passkeys.created': async () => {
      const options = (await owner.ask('POST', '/auth/methods/passkeys/options', {})).json
      const added = await owner.ask('POST', '/auth/methods/passkeys', {
        name: 'key',
        response: authenticator.register(options),
      })
      passkey = added.json.id
      return added
    },
    'passkeys.deleted': () => owner.ask('DELETE', `/auth/methods/passkeys/${passkey}`),
    'users.password-changed': () => owner.ask('PUT', '/auth/methods/password', { password: strong }),
    'one-time-passwords.on': async () => owner.ask('POST', '/auth/methods/totp/confirm', { code: await code() }),
    'recovery-codes.created': () => owner.ask('POST', '/auth/methods/recovery-codes', {}),
    'one-time-passwords.off': () => owner.ask('DELETE', '/auth/methods/totp'),
  }
  for (const [action, change] of Object.entries(changes)) {
    minute += 1
    world.set(`2030-01-01T00:0${minute}:00Z`)
    const elsewhere = browser({ call })
    const hasCodes = action === 'recovery-codes.created' || action === 'one-time-passwords.off'
    const signedInElsewhere = await signIn(elsewhere, prepared.email, strong, hasCodes ? await code() : undefined)
    assert.equal(signedInElsewhere, 200, action)
    const before = (await notificationsOf(started, 'credentials.changed')).length
    const changed = await change()
    assert.ok(changed.status < 300, `${action}: ${changed.text}`)
    assert.equal((await elsewhere.ask('GET', '/auth/session')).json.session, null, `${action} ends the other session`)
    assert.notEqual((await owner.ask('GET', '/auth/session')).json.session, null, `${action} keeps this one`)
    const notifications = await notificationsOf(started, 'credentials.changed')
    assert.equal(notifications.length, before + 1, `${action} notifies the person`)
    assert.equal(notifications.at(-1).address, '127.0.0.1')
    const rows = await database.read.selectFrom('auditEvents').select('id').where('action', '=', action).execute()
    assert.ok(rows.length > 0, `${action} is audited`)
  }
})

test('ending another session requires re-authentication; signing out and ending the current one do not', async (t) => {
  const { owner, call, prepared, world } = await signedIn(t)
  const elsewhere = browser({ call })
  assert.equal(await signIn(elsewhere, prepared.email, strong), 200)
  const { sessions } = (await owner.ask('GET', '/auth/sessions')).json
  const idOf = (current: boolean) => sessions.find((each: { current: boolean }) => each.current === current).id
  world.set('2030-01-01T00:16:00Z')
  assert.equal(codeOf(await owner.ask('DELETE', `/auth/sessions/${idOf(false)}`)), 'step-up-required')
  assert.equal(codeOf(await owner.ask('POST', '/auth/sessions/end-others', {})), 'step-up-required')
  assert.equal((await elsewhere.ask('POST', '/auth/sign-out', {})).status, 204)
  assert.equal((await owner.ask('DELETE', `/auth/sessions/${idOf(true)}`)).status, 204)
})

test('a changed email address ends the other sessions, notifies the person, and is mailed once to both addresses', async (t) => {
  const { messages, address } = await mailServer(t)
  const started = await signedIn(t, { mail: { address, from: 'mintmark@example.com' } })
  const { owner, app, call, prepared } = started
  await app.deliver()
  const elsewhere = browser({ call })
  assert.equal(await signIn(elsewhere, prepared.email, strong), 200)
  const body = { data: { type: 'users', id: prepared.user, attributes: { email: 'new@example.com' } } }
  const changed = await owner.ask('PATCH', `/users/${prepared.user}`, body)
  assert.equal(changed.status, 200, changed.text)
  assert.equal((await elsewhere.ask('GET', '/auth/session')).json.session, null)
  assert.notEqual((await owner.ask('GET', '/auth/session')).json.session, null)
  const [notification] = await notificationsOf(started, 'credentials.changed')
  assert.deepEqual(
    [notification.change, notification['previous-email'] ?? notification.previousEmail],
    ['email', prepared.email],
  )
  await app.deliver()
  await app.deliver()
  const receivers = messages.map((message) => /^To: (.*)\r$/m.exec(message)?.[1])
  assert.deepEqual(receivers.toSorted(), ['new@example.com', prepared.email].toSorted())
  assert.ok(messages.every((message) => message.includes('Your email address was changed')))
})

test('failed attempts are mailed to the person without the typed email address or password', async (t) => {
  const { messages, address } = await mailServer(t)
  const { app, call, prepared } = await signedIn(t, { mail: { address, from: 'mintmark@example.com' } })
  for (let times = 0; times < 11; times++)
    await signIn(browser({ call }, '203.0.113.7'), prepared.email, 'hunter2 hunter2')
  await app.flush()
  await app.deliver()
  const [message = ''] = messages
  assert.equal(messages.length, 1)
  assert.match(message, /There were 11 failed attempts/)
  assert.ok(message.includes('203.0.113.7') && !message.includes('hunter2'))
})
