/** Users change their own email address with a code that is mailed to the new address. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { acceptAsNew, browser, signedIn, strong } from '../../../testing/browser.ts'
import { type Answer, document } from '../../../testing/kit.ts'
import { mailServer } from './mail-server-samples.ts'

const email = 'ada@mintmark.internal'

const codeOf = ({ status, json }: Answer) => [status, json?.errors?.[0].code]

async function setUp(t: TestContext) {
  const { address, messages } = await mailServer(t)
  const started = await signedIn(t, { mail: { address, from: 'mintmark@example.com' } })
  const { owner, prepared } = started
  const sent = () =>
    messages.map((message) => /^[a-z0-9]{4}(?:-[a-z0-9]{4}){3}$/m.exec(message.replaceAll('\r', ''))?.[0])
  /** Returns the code that was mailed. */
  const request = async (to: string) => {
    const requested = await owner.ask('POST', '/auth/email', { email: to })
    assert.equal(requested.status, 204, requested.text)
    const code = sent().at(-1)
    assert.ok(code)
    assert.ok(messages.at(-1)?.includes(`To: ${to}`))
    return code
  }
  const confirm = (code: string, person = owner) => person.ask('POST', '/auth/email/confirm', { code })
  const current = async () => (await owner.ask('GET', '/auth/session')).json.session.user.email
  const signIn = async (as: string) => {
    const person = browser(started)
    return { person, answer: await person.ask('POST', '/auth/sign-in', { email: as, password: strong }) }
  }
  return { ...started, old: prepared.email, request, confirm, current, signIn }
}

test('the address changes when its code is confirmed: other sessions end, and the user is notified', async (t) => {
  const { owner, call, old, request, confirm, current, signIn } = await setUp(t)
  const { person: elsewhere } = await signIn(old)
  const code = await request(email)
  assert.equal(await current(), old, 'not before it is confirmed')
  assert.equal((await signIn(email)).answer.status, 401)
  assert.equal((await confirm(` ${code.toUpperCase()} `)).status, 204)
  assert.equal(await current(), email)
  assert.deepEqual([(await signIn(email)).answer.status, (await signIn(old)).answer.status], [200, 401])
  assert.equal((await elsewhere.ask('GET', '/tags')).status, 401)
  assert.equal((await owner.ask('GET', '/tags')).status, 200)
  assert.deepEqual(codeOf(await confirm(code)), [422, 'invalid-attribute'], 'a code works once')

  const events = (await call('GET', '/audit-events?filter[action]=users.email-changed')).json.data
  assert.deepEqual(
    events.map(({ attributes }: { attributes: { after: object } }) => attributes.after),
    [{ email, previousEmail: old }],
  )
  const [notification] = (await call('GET', '/notifications?filter[kind]=credentials.changed')).json.data
  assert.partialDeepStrictEqual(notification.attributes.data, { change: 'email', previousEmail: old })
  assert.equal(JSON.stringify([events, notification]).includes(code), false)
})

test('a code is for one user, the latest request and an hour, and cannot be guessed', async (t) => {
  const { call, prepared, world, old, request, confirm, current, signIn } = await setUp(t)
  const first = await request(email)
  const second = await request('ada2@mintmark.internal')
  assert.deepEqual(codeOf(await confirm(first)), [422, 'invalid-attribute'], 'replaced')
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'eve@mintmark.internal' }),
  })
  const eve = await acceptAsNew({ call, prepared }, invited.json.data.relationships.user.data.id)
  assert.deepEqual(codeOf(await confirm(second, eve)), [422, 'invalid-attribute'], 'of another user')

  const { person } = await signIn(old)
  for (let i = 0; i < 10; i++) assert.equal((await confirm('2222-2222-2222-2222', person)).status, 422)
  assert.deepEqual(codeOf(await confirm(second, person)), [429, 'too-many-attempts'])

  world.set('2030-01-01T00:14:00Z')
  const third = await request('ada3@mintmark.internal')
  world.set('2030-01-01T01:14:00Z')
  const late = await signIn(old)
  assert.deepEqual(codeOf(await confirm(third, late.person)), [422, 'invalid-attribute'], 'expired')
  assert.equal(await current(), old)
})

test('a user can have few mails sent, in all sessions together', async (t) => {
  const { old, signIn } = await setUp(t)
  const statuses: number[] = []
  for (let session = 0; session < 3; session++) {
    const { person } = await signIn(old)
    for (let mail = 0; mail < 4; mail++)
      statuses.push((await person.ask('POST', '/auth/email', { email: `x${session}${mail}@mintmark.internal` })).status)
  }
  assert.deepEqual(statuses, [...Array(10).fill(204), 429, 429])
})

test('links that were created before do not work after the address changed', async (t) => {
  const { call, link, request, confirm } = await setUp(t)
  const used = async (secret: string) => codeOf(await browser({ call }).ask('POST', '/auth/link/use', { secret }))
  assert.deepEqual(await used(await link()), [200, undefined])
  const secret = await link()
  assert.equal((await confirm(await request(email))).status, 204)
  assert.deepEqual(await used(secret), [401, 'wrong-credentials'])
})

test('both steps require re-authentication, and neither tells who else is a user', async (t) => {
  const { owner, call, world, old, request, confirm, current } = await setUp(t)
  const taken = 'Taken@mintmark.internal'
  await call('POST', '/users', { body: document('users', { email: taken }) })
  const code = await request(taken.toLowerCase())
  const refused = await confirm(code)
  assert.deepEqual(codeOf(refused), [409, 'conflict'])
  assert.equal(refused.json.errors[0].detail, `Another user already has the email address ${taken.toLowerCase()}.`)
  assert.equal(await current(), old)
  for (const wrong of ['nobody', old.toUpperCase(), ''])
    assert.deepEqual(
      codeOf(await owner.ask('POST', '/auth/email', { email: wrong })),
      [422, 'invalid-attribute'],
      wrong,
    )
  world.set('2030-01-01T00:16:00Z')
  for (const [path, body] of [
    ['/auth/email', { email }],
    ['/auth/email/confirm', { code }],
  ] as const)
    assert.deepEqual(codeOf(await owner.ask('POST', path, body)), [403, 'step-up-required'], path)
})

test('without a mail server an administrator changes the address', async (t) => {
  const { owner } = await signedIn(t)
  const refused = await owner.ask('POST', '/auth/email', { email })
  assert.deepEqual(codeOf(refused), [409, 'conflict'])
  assert.match(refused.json.errors[0].detail, /^This server sends no mail\. Ask an administrator/)
})
