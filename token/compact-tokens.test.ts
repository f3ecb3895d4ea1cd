import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compactTokensIn, replaceCompactTokens } from './compact-tokens.ts'

const cases: readonly (readonly [text: string, found: readonly string[], replaced: string])[] = [
  ['', [], ''],
  ['eyJ', [], 'eyJ'],
  ['eyJa.b', [], 'eyJa.b'],
  ['eyJa.b.', [], '[token]'],
  ['eyJ.b.c', [], 'eyJ.b.c'],
  ['eyJa..c', [], 'eyJa..c'],
  ['eyJa.b.c', ['eyJa.b.c'], '[token]'],
  ['"eyJa.b.c",', ['eyJa.b.c'], '"[token]",'],
  ['token=eyJa.b.c&x', ['eyJa.b.c'], 'token=[token]&x'],
  ['neyJa.b.c', ['eyJa.b.c'], 'n[token]'],
  ['_-eyJeyJ.b.c', ['eyJeyJ.b.c'], '_-[token]'],
  ['x.eyJa.b.c', ['eyJa.b.c'], 'x.[token]'],
  ['x..eyJa.b.c.', ['eyJa.b.c'], 'x..[token].'],
  ['eyJa.b.c.d.e', ['eyJa.b.c'], '[token].d.e'],
  ['eyJa.b.c.eyJd.e.f', ['eyJa.b.c', 'eyJd.e.f'], '[token].[token]'],
  ['eyJa.eyJb.c.d', ['eyJa.eyJb.c'], '[token].d'],
  ['eyJ.eyJb.c.d', ['eyJb.c.d'], 'eyJ.[token]'],
  ['eyJa.b.c eyJa.b.c', ['eyJa.b.c'], '[token] [token]'],
  ['éeyJa.b.cé', ['eyJa.b.c'], 'é[token]é'],
]

test('tokens are found and replaced in any context', () => {
  for (const [text, found, replaced] of cases) {
    assert.deepEqual(compactTokensIn(text), found, text)
    assert.equal(replaceCompactTokens(text, '[token]'), replaced, text)
  }
})

test('both agree with the regular expression, which takes quadratic time', () => {
  const bits = ['eyJ', 'e', '.', '..', ' ', 'a', '-', '=', 'eyJa.b.c', 'é']
  for (let number = 0; number < 10 ** 4; number++) {
    // Every text of four bits, one after the other.
    const text = [...String(number).padStart(4, '0')].map((digit) => bits[Number(digit)]).join('')
    const pattern = [...new Set(text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [])]
    assert.deepEqual(compactTokensIn(text), pattern, text)
    assert.equal(replaceCompactTokens(text, '*'), text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '*'), text)
  }
})

test('at most the requested number of tokens is returned', () => {
  assert.deepEqual(compactTokensIn('eyJa.b.c eyJd.b.c eyJe.b.c', 2), ['eyJa.b.c', 'eyJd.b.c'])
})
