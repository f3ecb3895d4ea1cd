/** An account that requires a second factor: no session does anything without one, however it was started. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { endpointEntries } from '@mintmark/contract'
import { generate } from 'otplib'
import { endpointSample } from '../../../e2e/endpoint-samples.ts'
import { acceptAsNew, browser, minting, other, signedIn, strong } from '../../../testing/browser.ts'
import { type Answer, document, machine } from '../../../testing/kit.ts'
import { softwareAuthenticator } from './passkey-samples.ts'

type Browser = ReturnType<typeof browser>

const site = { origin: 'http://localhost:8420', site: 'localhost' }
const email = 'ann@mintmark.internal'
const unfinished = [403, 'sign-in-unfinished']

const codeOf = ({ status, json }: Answer) => [status, json?.errors?.[0].code]
const needsOf = async (person: Browser) => (await person.ask('GET', '/auth/session')).json.session.needs

async function addPasskey(person: Browser) {
  const authenticator = softwareAuthenticator(site)
  const options = (await person.ask('POST', '/auth/methods/passkeys/options')).json
  const body = { name: 'Laptop', response: authenticator.register(options) }
  return { authenticator, added: await person.ask('POST', '/auth/methods/passkeys', body) }
}

/** An account with its owner, who has a passkey, and Ann, who has a password. */
async function setUp(t: TestContext) {
  const authority = await signedIn(t)
  const { call, prepared, owner, world } = authority
  const { authenticator, added } = await addPasskey(owner)
  assert.equal(added.status, 201, added.text)
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email }, { roles: [['roles', 'role-t67mjtmd93j62hg']] }),
  })
  const user: string = invited.json.data.relationships.user.data.id
  const ann = await acceptAsNew(authority, user)
  const setRule = (required: boolean, ask: Browser['ask'] = owner.ask) =>
    ask('PATCH', `/accounts/${prepared.account}`, document('accounts', { 'require-second-factor': required }))
  const code = async (secret: string) => generate({ secret, epoch: Math.floor(world.now().getTime() / 1_000) })
  const signIn = async (body: object = {}) => {
    const person = browser(authority)
    return { person, answer: await person.ask('POST', '/auth/sign-in', { email, password: strong, ...body }) }
  }
  return { ...authority, authenticator, user, ann, setRule, code, signIn }
}

test('an existing session is asked at the next request, and can only set up a second factor', async (t) => {
  const { ann, setRule } = await setUp(t)
  assert.equal((await ann.ask('GET', '/tags')).status, 200)
  assert.equal((await setRule(true)).status, 200)
  assert.equal(await needsOf(ann), 'second-factor')
  const refused = await ann.ask('GET', '/tags')
  assert.deepEqual(codeOf(refused), unfinished)
  assert.match(refused.json.errors[0].detail, /Add a passkey or turn on one-time passwords first/)
  assert.deepEqual(codeOf(await ann.ask('POST', '/access-tokens', minting)), unfinished)
  const open = endpointEntries.filter(([, { whileSessionNeeds }]) =>
    whileSessionNeeds?.includes('second-factor' as never),
  )
  for (const [name, { caller, method, path }] of endpointEntries) {
    if (caller !== 'session' || open.some(([each]) => each === name)) continue
    const answer = await ann.ask(method, path.replace(/\{\w+\}/g, 'nothing-1'), endpointSample(name))
    assert.deepEqual([name, ...codeOf(answer)], [name, ...unfinished])
  }
  assert.deepEqual(
    open.map(([name]) => name),
    [
      'reauthenticate',
      'getSignInMethods',
      'getPasskeyRegistrationOptions',
      'registerPasskey',
      'beginTotp',
      'confirmTotp',
    ],
  )
  assert.equal((await addPasskey(ann)).added.status, 201)
  assert.equal(await needsOf(ann), null)
  assert.equal((await ann.ask('GET', '/tags')).status, 200)
})

test('a password is enough only to set up one-time passwords, which the next sign-in requires', async (t) => {
  const { setRule, signIn, code, world } = await setUp(t)
  await setRule(true)
  const { person } = await signIn()
  assert.deepEqual([await needsOf(person), codeOf(await person.ask('GET', '/tags'))], ['second-factor', unfinished])
  const { secret } = (await person.ask('POST', '/auth/methods/totp', {})).json
  assert.equal((await person.ask('POST', '/auth/methods/totp/confirm', { code: await code(secret) })).status, 200)
  assert.equal((await person.ask('GET', '/tags')).status, 200)

  world.set('2030-01-01T00:02:00Z')
  const next = await signIn({ code: await code(secret) })
  assert.deepEqual([await needsOf(next.person), (await next.person.ask('GET', '/tags')).status], [null, 200])
  assert.equal((await next.person.ask('DELETE', '/auth/methods/totp')).status, 204)
  assert.equal(await needsOf(next.person), 'second-factor', 'the session loses its rights with the factor')
})

test('a person with a passkey cannot use their password instead, in any session', async (t) => {
  const { ann, setRule, signIn } = await setUp(t)
  const { authenticator } = await addPasskey(ann)
  const { person: byPassword } = await signIn()
  assert.equal((await byPassword.ask('GET', '/tags')).status, 200)
  await setRule(true)
  assert.equal(await needsOf(ann), null)

  assert.equal(await needsOf(byPassword), 'reauthentication')
  assert.deepEqual(codeOf(await byPassword.ask('GET', '/tags')), unfinished)
  const attack = await addPasskey(byPassword)
  assert.deepEqual(codeOf(attack.added), unfinished, 'the password alone adds no other factor')
  assert.deepEqual(codeOf(await byPassword.ask('POST', '/auth/methods/totp', {})), unfinished)
  assert.deepEqual(codeOf(await byPassword.ask('POST', '/auth/step-up', { password: strong })), [403, 'forbidden'])
  assert.deepEqual(codeOf((await signIn()).answer), [403, 'forbidden'])

  const options = (await byPassword.ask('POST', '/auth/passkey/options')).json
  assert.equal((await byPassword.ask('POST', '/auth/step-up', { response: authenticator.answer(options) })).status, 200)
  assert.equal((await byPassword.ask('GET', '/tags')).status, 200)
})

test('neither an invitation, nor a recovery link, nor a reset by an administrator replaces the second factor', async (t) => {
  const authority = await setUp(t)
  const { ann, call, owner, prepared, setRule, user, link } = authority
  await setRule(true)
  const invited = await call('POST', `/accounts/${prepared.account}/actions/invite`, {
    body: document('users', { email: 'bob@mintmark.internal' }),
  })
  const bob = await acceptAsNew(authority, invited.json.data.relationships.user.data.id)
  assert.deepEqual([await needsOf(bob), codeOf(await bob.ask('GET', '/tags'))], ['second-factor', unfinished])

  await addPasskey(ann)
  const reset = (await owner.ask('POST', '/auth/sign-in-links', { account: prepared.account, user })).json.link
  for (const secret of [await link(email), new URL(reset).hash.slice(1)]) {
    const lost = browser(authority)
    assert.equal((await lost.ask('POST', '/auth/link/use', { secret })).status, 200)
    assert.equal((await lost.ask('PUT', '/auth/methods/password', { password: other })).status, 204)
    assert.deepEqual([await needsOf(lost), codeOf(await lost.ask('GET', '/tags'))], ['second-factor', unfinished])
  }
})

test('only an administrator with a second factor requires one; tokens and service accounts are not affected', async (t) => {
  const authority = await setUp(t)
  const { ann, call, setRule, prepared } = authority
  const minted = await ann.ask('POST', '/access-tokens', minting)
  const token: string = minted.json.data.attributes.token
  const refused = await setRule(true, ann.ask)
  assert.deepEqual(
    [refused.status, refused.json.errors[0].source.pointer, refused.json.errors[0].detail],
    [422, '/data/attributes/require-second-factor', 'Set up a passkey or one-time passwords for yourself first.'],
  )
  assert.equal((await setRule(true, (method, path, body) => call(method, path, { token, body }))).status, 422)
  const robot = await machine(authority, 'robot', {
    permissions: ['*:read'],
    scope: ['accounts', prepared.account],
  })
  assert.equal((await setRule(true)).status, 200)
  for (const each of [token, robot.token]) assert.equal((await call('GET', '/tags', { token: each })).status, 200)
  const events = (await call('GET', '/audit-events?filter[action]=accounts.updated')).json.data
  assert.deepEqual(events[0].attributes.after, { requireSecondFactor: true })
  assert.equal((await setRule(false)).status, 200)
  assert.equal((await ann.ask('GET', '/tags')).status, 200)
})
