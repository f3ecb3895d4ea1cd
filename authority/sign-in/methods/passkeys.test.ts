import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { preparedDatabase } from '../../../testing/prepared/prepared-database.ts'
import { refusalOf, signInTime, here as site } from '../../../testing/prepared/sign-in-services.ts'
import type { Installation } from '../../context.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { fixedWorld } from '../../world.ts'
import { challengeMilliseconds } from './challenge.ts'
import { softwareAuthenticator } from './passkey-samples.ts'
import {
  addPasskey,
  checkAnswer,
  checkRegistration,
  dropPasskey,
  passkeysOf,
  registrationOptions,
  signInOptions,
  usePasskey,
} from './passkeys.ts'

const here = { origin: 'http://localhost:8420', site: 'localhost' }
const elsewhere = {
  'on another origin': { ...here, origin: 'https://evil.example' },
  'for another site': { ...here, site: 'evil.example' },
  'without verification of the user': { ...here, verifiesUser: false },
}
const used = ['wrong-credentials', 'This passkey response was already used.']
const unknown = ['wrong-credentials', 'This passkey was not accepted.']

async function setUp(t: TestContext) {
  const world = fixedWorld(signInTime)
  const { database, user } = await preparedDatabase(t, world)
  const db = database.read
  const person = (await personById(db, user)) as Person
  const key = new Uint8Array(32).fill(1)
  const services = { world, installation: { signingKey: () => ({ generation: 1, key }) } as Installation }
  const options = (of = person) => registrationOptions(db, services, site, of)
  const check = (response: unknown) => checkRegistration(services, site, person, { name: 'laptop', response })
  const add = (registration: Awaited<ReturnType<typeof check>>) =>
    database.write((write) => addPasskey({ db: write, world }, registration))
  const register = async (authenticator = softwareAuthenticator(here)) => {
    const registration = await check(authenticator.register(await options()))
    await add(registration)
    return { authenticator, row: registration.row }
  }
  const challenge = () => signInOptions(services, site)
  const answered = (response: unknown) => checkAnswer(db, services, site, response)
  const use = (verified: Awaited<ReturnType<typeof answered>>) =>
    database.write((write) => usePasskey(write, world, verified))
  return { world, database, db, person, options, check, add, register, challenge, answered, use }
}

test('the browser is asked for a passkey that verifies the user and is stored on the device', async (t) => {
  const { person, options, register } = await setUp(t)
  const { challenge, ...rest } = await options()
  assert.equal(Buffer.from(challenge, 'base64url').length, 40)
  assert.deepEqual(rest, {
    rp: { name: 'Mintmark', id: 'localhost' },
    user: {
      id: Buffer.from(person.id).toString('base64url'),
      name: person.email,
      displayName: person.email,
    },
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
    timeout: challengeMilliseconds,
    attestation: 'none',
    excludeCredentials: [],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required', requireResidentKey: true },
    extensions: { credProps: true },
    hints: [],
  })
  const { row } = await register()
  const again = await options({ ...person, fullName: 'Ann' })
  assert.equal(again.user.displayName, 'Ann')
  assert.deepEqual(again.excludeCredentials, [{ id: row.credentialId, type: 'public-key', transports: ['internal'] }])
})

test('a registered passkey is stored with its public key', async (t) => {
  const { db, person, register, challenge } = await setUp(t)
  const { authenticator, row } = await register()
  assert.match(row.id, /^pk-/)
  assert.ok(row.publicKey.length > 64)
  const stored = {
    id: row.id,
    credentialId: authenticator.answer(await challenge()).id,
    userId: person.id,
    counter: 1,
    transports: '["internal"]',
    name: 'laptop',
    createdAt: signInTime,
    lastUsedAt: null,
  }
  assert.deepEqual(row, { ...stored, publicKey: row.publicKey })
  const [found] = await passkeysOf(db, person.id)
  assert.deepEqual(
    { ...found, publicKey: Buffer.from(found?.publicKey ?? []) },
    { ...row, publicKey: Buffer.from(row.publicKey) },
  )
})

test('a registration is refused unless it is for this site, this person and a fresh challenge', async (t) => {
  const { world, person, options, check, add, challenge } = await setUp(t)
  const unverified = ['invalid-attribute', 'This passkey could not be verified. Try again.', '/response']
  const refused = async (response: unknown) => assert.deepEqual(await refusalOf(check(response)), unverified)
  for (const party of Object.values(elsewhere)) await refused(softwareAuthenticator(party).register(await options()))
  const authenticator = softwareAuthenticator(here)
  await refused(authenticator.register(await challenge()))
  await refused(authenticator.register(await options({ ...person, id: 'user-other' })))
  await refused({})
  const response = authenticator.register(await options())
  const { transports, ...withoutTransports } = response.response
  assert.equal((await check({ ...response, response: withoutTransports })).row.transports, '[]', transports.join())
  const registration = await check(response)
  await add(registration)
  assert.deepEqual(await refusalOf(add(registration)), used)
  const late = authenticator.register(await options())
  world.set('2030-01-01T00:05:00.000Z')
  await refused(late)
})

test('a person has a limited number of passkeys', async (t) => {
  const { database, db, person, register } = await setUp(t)
  const { row } = await register()
  await database.write(async (write) => {
    for (let number = 2; number < limits.passkeysPerUser; number++)
      await write
        .insertInto('passkeys')
        .values({ ...row, id: `pk-${number}`, credentialId: `c-${number}` })
        .execute()
  })
  await register()
  assert.deepEqual(await refusalOf(register()), ['conflict', `Expected at most ${limits.passkeysPerUser} passkeys.`])
  assert.equal((await passkeysOf(db, person.id)).length, limits.passkeysPerUser)
  await database.write((write) => dropPasskey({ db: write }, row.id))
  await register()
  assert.ok((await passkeysOf(db, person.id)).every(({ id }) => id !== row.id))
})

test('sign-in accepts any passkey of this site that verifies the user', async (t) => {
  const { challenge } = await setUp(t)
  const { challenge: text, rpId, timeout, userVerification, allowCredentials } = await challenge()
  assert.equal(Buffer.from(text, 'base64url').length, 40)
  assert.deepEqual([rpId, timeout, userVerification], ['localhost', challengeMilliseconds, 'required'])
  assert.equal(allowCredentials, undefined)
})

test('a passkey signs in once per challenge, and its use is recorded', async (t) => {
  const { world, db, person, register, challenge, answered, use } = await setUp(t)
  const { authenticator, row } = await register()
  const { challenge: text } = await challenge()
  const response = authenticator.answer({ challenge: text })
  const verified = await answered(response)
  assert.deepEqual([verified.passkey.id, verified.counter, verified.challenge], [row.id, 2, text])
  world.set('2030-01-01T00:01:00.000Z')
  await use(verified)
  const [stored] = await passkeysOf(db, person.id)
  assert.deepEqual([stored?.counter, stored?.lastUsedAt], [2, '2030-01-01T00:01:00.000Z'])
  assert.deepEqual(await refusalOf(use(verified)), used)
})

test('a response is refused unless a registered passkey signed it here, for a fresh challenge', async (t) => {
  const { world, database, options, register, challenge, answered } = await setUp(t)
  const { authenticator, row } = await register()
  const refused = async (response: unknown) => assert.deepEqual(await refusalOf(answered(response)), unknown)
  await refused(softwareAuthenticator(here).answer(await challenge()))
  for (const response of [null, undefined, {}, { id: 7 }, { id: row.credentialId }]) await refused(response)
  await refused(authenticator.answer(await options()))
  const [one, two] = [authenticator.answer(await challenge()), authenticator.answer(await challenge())]
  await refused({ ...one, response: { ...one.response, signature: two.response.signature } })
  const late = authenticator.answer(await challenge())
  world.set('2030-01-01T00:05:00.000Z')
  await refused(late)
  const copied = authenticator.answer(await challenge())
  await answered(copied)
  await database.write(async (write) => void (await write.updateTable('passkeys').set({ counter: 100 }).execute()))
  await refused(copied)
})

for (const [where, party] of Object.entries(elsewhere))
  test(`a response ${where} is refused`, async (t) => {
    const { register, challenge, answered } = await setUp(t)
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const authenticator = softwareAuthenticator(here, keys)
    await register(authenticator)
    const copy = softwareAuthenticator(party, keys)
    // Its counter has to be above the stored one.
    copy.answer(await challenge())
    const response = copy.answer(await challenge())
    assert.deepEqual(await refusalOf(answered(response)), unknown)
    assert.ok(await answered(authenticator.answer(await challenge())))
  })
