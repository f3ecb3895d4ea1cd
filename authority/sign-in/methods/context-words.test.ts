import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charactersBesides, contextWords } from './context-words.ts'

const known = {
  email: 'zoë.tharnquist@corp.example.com',
  fullName: 'Zoë Jaxweather',
  accountNames: ['Quorvex Dynamics'],
}

const cases: [password: string, besides: number, why: string][] = [
  ['correct horse battery', 19, 'none of the words'],
  ['Quorvex-Dynamics', 0, 'two words of an account'],
  ['QUORVEXDYNAMICS1', 1, 'a name written as one word'],
  ['Qu0rv3x Dyn@m1c$ ab', 2, 'digits and signs for letters'],
  ['xevrouq', 0, 'backwards'],
  ['tharnquist 1999', 4, 'the address'],
  ['zoe zoe zoe zoe', 12, 'a word that is too short to be taken out'],
  ['Mintmark/Token/Scalr', 0, 'words of the product'],
  [`exam${'ple'.repeat(80)}`, 240 - 3, 'once, in a long text'],
]

for (const [password, besides, why] of cases)
  test(`letters and digits besides the words that are easy to guess: ${why}`, () => {
    assert.equal(charactersBesides(contextWords(known), password), besides)
  })

test('names of any number and length give few words', () => {
  const long = 'word '.repeat(1_000)
  const words = contextWords({ email: 'a@example.com', fullName: long, accountNames: Array(1_000).fill(long) })
  assert.ok(words.length <= 50)
  assert.ok(Math.max(...words.map((word) => word.length)) <= 255)
})
