import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charactersOutsideOf, contextWords } from './context-words.ts'

const known = {
  email: 'zoë.tharnquist@corp.example.com',
  fullName: 'Zoë Jaxweather',
  accountNames: ['Quorvex Dynamics'],
}

const cases: [password: string, characters: number, what: string][] = [
  ['correct horse battery', 19, 'none of the words'],
  ['Quorvex-Dynamics', 0, 'two words of an account'],
  ['QUORVEXDYNAMICS1', 1, 'a name written as one word'],
  ['Qu0rv3x Dyn@m1c$ ab', 2, 'digits and signs for letters'],
  ['xevrouq', 0, 'backwards'],
  ['tharnquist 1999', 4, 'the address'],
  ['zoe zoe zoe zoe', 12, 'words of fewer than four letters are not removed'],
  ['Mintmark/Token/Scalr', 0, 'words of the product'],
  [`exam${'ple'.repeat(80)}`, 240 - 3, 'one word in a long text'],
]

for (const [password, characters, what] of cases)
  test(`letters and digits outside of easily guessed words are counted: ${what}`, () => {
    assert.equal(charactersOutsideOf(contextWords(known), password), characters)
  })

test('the number and length of words are bounded, however many and long the names', () => {
  const long = 'word '.repeat(1_000)
  const words = contextWords({ email: 'a@example.com', fullName: long, accountNames: Array(1_000).fill(long) })
  assert.ok(words.length <= 50)
  assert.ok(Math.max(...words.map((word) => word.length)) <= 255)
})
