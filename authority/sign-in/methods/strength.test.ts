import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { strong } from '../../../testing/browser.ts'
import { preparedDatabase } from '../../../testing/prepared/prepared-database.ts'
import { refusalOf } from '../../../testing/prepared/sign-in-services.ts'
import { withSlowWork } from '../../database/slow-work.ts'
import { assertStrongPassword, passwordContextOf, strengthOf } from './strength.ts'

const person = { email: 'zebulon@tharnquist.example', fullName: 'Ann Jaxweather', accountNames: ['Quorvex'] }
const tooWeak = 'This password is too easy to guess. Use a longer one, such as four or five unrelated words.'
const tooMuchContext =
  'Expected at least 8 letters or digits besides your name, your email address, the names of your accounts, and words such as mintmark.'
const tooLong = `Expected at most ${limits.passwordCharactersMax} characters.`
const tooShort = `Expected at least ${limits.passwordCharactersMin} characters.`

test('a password is strong if it has the right length, is hard to guess, and does not consist of known words', async () => {
  const long = strong.padEnd(limits.passwordCharactersMax, 'k4Wz')
  const cases: readonly [password: string, score: number, hint: string | null][] = [
    [strong, 4, null],
    [long, 4, null],
    [`${long}x`, 0, tooLong],
    ['xK9qPz2vW', 1, tooShort],
    ['aaaaaaaaa', 0, tooShort],
    ['aaaaaaaaaa', 0, tooWeak],
    ['correcthorse', 2, tooWeak],
    ['kitchen-towel', 3, null],
    ['Jaxweather12345678', 1, tooWeak],
    ['Jaxweather', 0, tooMuchContext],
    [`${'a'.repeat(64)}${strong}`, 0, tooWeak],
    ['Jaxweather-xK9qPz2', 1, tooMuchContext],
    ['Jaxweather-xK9qPz2v', 4, null],
    ['', 0, tooShort],
  ]
  for (const [password, score, hint] of cases)
    assert.deepEqual(await strengthOf(password, person), { score, enough: hint === null, hint }, password)
})

test('the words of a person are their name, their address and the names of their accounts', async (t) => {
  const { database, account, user } = await preparedDatabase(t)
  const { name } = await database.read.selectFrom('accounts').select('name').executeTakeFirstOrThrow()
  const attributes = { email: 'a@example.com', fullName: 'Ann' }
  const contextOf = (rest: { id?: string; homeAccountId: string | null }) =>
    passwordContextOf(database.read, { ...attributes, ...rest })
  assert.deepEqual(await contextOf({ id: user, homeAccountId: null }), { ...attributes, accountNames: [name] })
  assert.deepEqual(await contextOf({ homeAccountId: account }), { ...attributes, accountNames: [name] })
  assert.deepEqual(await contextOf({ homeAccountId: null }), { ...attributes, accountNames: [] })
})

test('a weak password is refused with the reason, wherever the request has it', async () => {
  const refused = (detail: string, at: string) => ['invalid-attribute', detail, at]
  await assertStrongPassword({}, strong, person)
  const weak = (at?: string) => refusalOf(assertStrongPassword({}, 'correcthorse', person, at))
  assert.deepEqual(await weak(), refused(tooWeak, '/password'))
  assert.deepEqual(await weak('/data'), refused(tooWeak, '/data'))
  const guessable = 'Jaxweather-xK9qPz2'
  const inTransaction = withSlowWork(async (slowResults) => {
    await assertStrongPassword({ slowResults }, guessable, { ...person, fullName: null })
    await assertStrongPassword({ slowResults }, strong, person)
    await assertStrongPassword({ slowResults }, guessable, person)
  })
  assert.deepEqual(await refusalOf(inTransaction), refused(tooMuchContext, '/password'))
})
