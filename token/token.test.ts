import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { mintMark } from './mint-mark.ts'
import { isSignedBy, lastCharacters, looksLikeToken, mintToken, parseToken, signCompact } from './token.ts'
import { sampleKey } from './token-samples.ts'

const mark = mintMark('scalr:7k2m9q')
const options = {
  mark,
  id: 'at-v0o123456789abcde',
  generation: 7,
  key: sampleKey,
  random: new Uint8Array(24).fill(255),
}
const token = mintToken(options).open()

test('a token consists of the header, the four members in order, and their HMAC, byte for byte', () => {
  const [header = '', payload = '', signature] = token.split('.')
  assert.equal(Buffer.from(header, 'base64url').toString(), '{"alg":"HS256","typ":"JWT"}')
  assert.equal(
    Buffer.from(payload, 'base64url').toString(),
    `{"iss":"scalr:7k2m9q","jti":"at-v0o123456789abcde","gen":7,"sec":"${'_'.repeat(32)}"}`,
  )
  assert.equal(signature, createHmac('sha256', sampleKey).update(`${header}.${payload}`).digest('base64url'))
})

test('parseToken returns mark, ID and generation of a created token, but not its random bytes', () => {
  assert.deepEqual(parseToken(token), { issuer: mark.text, id: options.id, generation: 7 })
  assert.ok(looksLikeToken(token))
  assert.ok(isSignedBy(token, sampleKey))
})

test('only the bytes of a view into a larger buffer are used', () => {
  const larger = new Uint8Array(100)
  larger.set(options.random, 40)
  assert.equal(mintToken({ ...options, random: larger.subarray(40, 64) }).open(), token)
})

test('a token with the longest mint mark, ID and generation can be parsed', () => {
  const parts = { id: `at-${'v'.repeat(17)}`, generation: Number.MAX_SAFE_INTEGER }
  const longest = mintToken({ ...options, mark: mintMark('m'.repeat(64)), ...parts }).open()
  assert.deepEqual(parseToken(longest), { issuer: 'm'.repeat(64), ...parts })
})

test('mintToken throws for parameters that could not be parsed', () => {
  const bad: Partial<typeof options>[] = [
    { random: new Uint8Array(23) },
    { random: new Uint8Array(25) },
    { random: new Uint8Array(0) },
    { id: '' },
    { id: 'at-short' },
    { id: `at-${'0'.repeat(14)}` },
    { id: `at-${'0'.repeat(18)}` },
    { id: `at-${'w'.repeat(15)}` },
    { id: `us-${'0'.repeat(15)}` },
    { id: `xat-${'0'.repeat(15)}` },
    { id: `at-${'0'.repeat(15)}\n` },
    { generation: 0 },
    { generation: -1 },
    { generation: 1.5 },
    { generation: Number.NaN },
    { generation: 2 ** 53 },
    { key: new Uint8Array(0) },
    { key: new Uint8Array(31) },
    { mark: { text: 'scalr-x' } },
    { mark: { text: 'quo"te' } },
  ]
  for (const change of bad)
    assert.throws(
      () => mintToken({ ...options, ...change }),
      { name: 'TypeError', message: /^A (?:token|signing key|mint mark) .*\.$/ },
      JSON.stringify(change),
    )
})

test('lastCharacters returns the last six characters', () => {
  assert.equal(lastCharacters(mintToken(options)), token.slice(-6))
  assert.equal(lastCharacters(mintToken(options)).length, 6)
})

test('the same code signs and verifies the test vector of RFC 7515 A.1', () => {
  const key = Buffer.from(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'base64url',
  )
  const payload = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
  const signingInput = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}`
  const signature = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  assert.equal(signCompact(signingInput, key), signature)
  assert.ok(isSignedBy(`${signingInput}.${signature}`, key))
  assert.equal(parseToken(`${signingInput}.${signature}`), undefined)
})

test('another key, another encoding of the signature and another number of parts are rejected', () => {
  assert.ok(!isSignedBy(token, new Uint8Array(32)))
  assert.ok(!isSignedBy(`${token}=`, sampleKey))
  assert.ok(!isSignedBy(token.slice(0, -1), sampleKey))
  assert.ok(!isSignedBy(`${token.slice(0, -1)}${nextCharacter(token.slice(-1))}`, sampleKey))
  assert.ok(!isSignedBy('', sampleKey))
  assert.ok(!isSignedBy('no dots', sampleKey))
  assert.ok(!isSignedBy(`one.${signCompact('one', sampleKey)}`, sampleKey))
})

test('an empty or short key neither signs nor verifies', () => {
  for (const bytes of [0, 1, 31]) {
    assert.throws(() => signCompact('a.b', new Uint8Array(bytes)), TypeError)
    assert.throws(() => isSignedBy(token, new Uint8Array(bytes)), TypeError)
  }
})

test('looksLikeToken checks the length, the header and the positions of the two dots', () => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bad = [
    '',
    header,
    `${header}.${payload}`,
    `${header}.${signature}`,
    `${payload}.${payload}.${signature}`,
    `${header}x.${payload}.${signature}`,
    `${header}.${payload}.${signature}.`,
    `${header}.${payload}..${signature.slice(1)}`,
    `${header}.${payload}.${signature.slice(0, 20)}.${signature.slice(21)}`,
    `${header}.pay.load.${signature}`,
    `${header}.${'A'.repeat(512)}.${signature}`,
    token.toLowerCase(),
  ]
  for (const text of bad) assert.ok(!looksLikeToken(text), text)
  const padded = (length: number) =>
    `${header}.${'A'.repeat(length - header.length - signature.length - 2)}.${signature}`
  assert.ok(looksLikeToken(padded(512)))
  assert.ok(!looksLikeToken(padded(513)))
})

/** The character that differs only in the bit that base64url does not use in the last of 43 characters. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) ^ 1]!
}
