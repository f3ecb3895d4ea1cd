import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerLiteral, holdsToken, type MintMark, mintMark, patterns } from './mint-mark.ts'
import { type SeededNumbers, seededNumbers } from './seeded-numbers.ts'
import { finder, leakContexts, sampleToken } from './token-samples.ts'

// Literal values, not computed: these are the fields that are in use on GitHub.
const field = {
  before: '\\A|[^0-9A-Za-z]',
  format: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\\.eyJpc3MiOiJzY2Fscj[a-zA-Z0-9_-]*\\.[a-zA-Z0-9_-]*',
  after: '\\z|[^0-9A-Za-z]',
}
const strictFormat = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\\.eyJpc3MiOiJzY2Fscj[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{43}'
const markCharacters = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at)).filter(
  (c) => !'"\\'.includes(c),
)

test('a mint mark that starts with scalr gets exactly the fields that are in use', () => {
  for (const text of ['scalr:7k2m9q', 'scalr0', 'scalr?and-more']) {
    assert.deepEqual(patterns(mintMark(text)), {
      literal: 'eyJpc3MiOiJzY2Fscj',
      headerLiteral: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
      secretFormat: field.format,
      strictFormat,
      beforeSecret: field.before,
      afterSecret: field.after,
    })
  }
})

test('the fields in use find each of 10,000 tokens completely, in every context', () => {
  const numbers = seededNumbers(1)
  const finders = [finder(field), finder({ ...field, format: strictFormat })]
  for (let i = 0; i < 10_000; i++) {
    const shortId = Array.from({ length: 6 }, () => numbers.pick('0123456789abcdefghijklmnopqrstuv')).join('')
    const mark = mintMark(`scalr${numbers.pick('0123456789:;<=>?')}${shortId}`)
    const token = sampleToken(mark, numbers).open()
    const text = leakContexts[i % leakContexts.length]!(token)
    for (const find of finders) assert.equal(find.exec(text)?.[1], token)
  }
})

test('the patterns of 200 mint marks of every length find their tokens, and none of a similar mark', () => {
  const numbers = seededNumbers(2)
  for (let i = 0; i < 200; i++) {
    const mark = drawMark(4 + (i % 61), numbers)
    const { literal, secretFormat, strictFormat, beforeSecret: before, afterSecret: after } = patterns(mark)
    const finders = [secretFormat, strictFormat].map((format) => finder({ before, format, after }))
    const neighbour = mintMark(`${mark.text.slice(0, -1)}${mark.text.endsWith('x') ? 'y' : 'x'}`)
    for (let j = 0; j < 10; j++) {
      const token = sampleToken(mark, numbers).open()
      assert.ok(token.split('.')[1]?.startsWith(literal))
      const foreign = sampleToken(neighbour, numbers).open()
      for (const find of finders) {
        assert.equal(find.exec(leakContexts[j % leakContexts.length]!(token))?.[1], token)
        assert.equal(find.exec(foreign), null)
      }
    }
  }
})

test('the literal covers exactly the characters that contain bits of the mint mark', () => {
  // Calculated by hand (RFC 4648 section 5): 12, 13 and 14 bytes are 16, 17 1/3 and 18 2/3 characters, rounded up.
  assert.equal(patterns(mintMark('acme')).literal, 'eyJpc3MiOiJhY21l')
  assert.equal(patterns(mintMark('acme:')).literal, 'eyJpc3MiOiJhY21lOi')
  assert.equal(patterns(mintMark('acme:1')).literal, 'eyJpc3MiOiJhY21lOjE')
})

test('after scalr only the sixteen bytes from 0 to ? are accepted', () => {
  for (let byte = 0; byte < 256; byte++) {
    const text = `scalr${String.fromCharCode(byte)}rest`
    if (byte >= 0x30 && byte <= 0x3f) assert.equal(mintMark(text).text, text)
    else assert.throws(() => mintMark(text), TypeError, text)
  }
  assert.throws(() => mintMark('scalr'), { name: 'TypeError', message: /must continue with one of 0-9/ })
  // The byte after `scalr` counts, not a later one.
  for (const text of ['scalr-0', 'scalrx:7k2m9q']) assert.throws(() => mintMark(text), TypeError, text)
  for (const text of ['scal', 'Scalr', 'SCALR-x', 'xscalr-', 'scal-r']) assert.equal(mintMark(text).text, text)
})

test('a mint mark that JSON or base64url would change is rejected with a message', () => {
  const bad = [
    '',
    'abc',
    'a'.repeat(65),
    'with space',
    'tab\there',
    'line\n',
    'acme\n',
    'quo"te',
    'back\\slash',
    'é-mark',
    'mark\u007f',
    'nul\0mark',
    '\ud800mark',
    '💰💰💰💰',
  ]
  for (const text of bad) {
    assert.throws(() => mintMark(text), { name: 'TypeError', message: /^A mint mark is .*\.$/ }, JSON.stringify(text))
  }
  for (const character of markCharacters) assert.ok(mintMark(`acme${character}`))
  assert.ok(mintMark('a'.repeat(4)) && mintMark('a'.repeat(64)))
})

test('a text holds a token if it contains one of this mint mark, anywhere', () => {
  const numbers = seededNumbers(3)
  const [mark, other] = [mintMark('acme:1'), mintMark('acme:2')]
  const token = sampleToken(mark, numbers).open()
  for (const text of [token, `a ${token} b`, `a\n${token}`]) assert.ok(holdsToken(mark, text))
  assert.ok(!holdsToken(mark, sampleToken(other, numbers).open()))
  for (const text of ['', 'text', headerLiteral, token.slice(1), token.slice(0, -1)]) assert.ok(!holdsToken(mark, text))
})

test('an unchecked invalid mint mark gets no patterns', () => {
  assert.throws(() => patterns({ text: 'scalr-x' }), TypeError)
})

function drawMark(characters: number, numbers: SeededNumbers): MintMark {
  return mintMark(Array.from({ length: characters }, () => numbers.pick(markCharacters)).join(''))
}
