import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { BadFingerprints, fingerprintOf, fingerprintsHead, readFingerprints } from './fingerprints.ts'
import { hashToken } from './hash.ts'
import { seededNumbers } from './seeded-numbers.ts'

const numbers = seededNumbers(17)
const head = { issuer: 'scalr:7k2m9q', made: '2030-01-01T00:00:00.000Z' }
const fingerprints = Array.from({ length: 999 }, () => fingerprintOf(numbers.bytes(32))).sort()
const file = (lines: readonly string[], count = lines.length) =>
  Buffer.from(fingerprintsHead({ ...head, count }) + lines.map((line) => `${line}\n`).join(''))

test('a fingerprint is the first twelve bytes of the hash of the stored hash', () => {
  const stored = hashToken('a token')
  assert.equal(fingerprintOf(stored), hash('sha256', stored, 'hex').slice(0, 24))
  assert.notEqual(fingerprintOf(stored), stored.toString('hex').slice(0, 24))
})

test('a file contains exactly its fingerprints', () => {
  for (const lines of [fingerprints, fingerprints.slice(0, 1), fingerprints.slice(0, 2), []]) {
    const read = readFingerprints(file(lines))
    assert.partialDeepStrictEqual(read, { ...head, count: lines.length })
    for (const each of fingerprints) assert.equal(read.has(each), lines.includes(each))
    for (const absent of ['', '0'.repeat(24), 'f'.repeat(24), 'F'.repeat(24)]) assert.equal(read.has(absent), false)
  }
})

test('a file with Windows line ends is accepted', () => {
  const read = readFingerprints(Buffer.from(file(fingerprints).toString().replaceAll('\n', '\r\n')))
  assert.ok(fingerprints.every((each) => read.has(each)))
})

test('an invalid file is rejected with the line of the error', () => {
  const whole = file(fingerprints).toString()
  const [one = '', two = ''] = fingerprints
  const cases: [string, number, RegExp][] = [
    ['', 1, /expected "# mintmark/],
    [whole.replace('# ', ''), 1, /expected "# mintmark/],
    [whole.replace('prints 1', 'prints 2'), 1, /format 2/],
    [whole.replace('issuer=scalr:', 'issuer=scalrx'), 1, /expected "# mintmark/],
    [whole.replace('made=2030-01', 'made=2030-99'), 1, /expected "# mintmark/],
    [whole.replace(/count=\d+/, 'count=x'), 1, /expected "# mintmark/],
    [file([one.toUpperCase()]).toString(), 2, /24 hexadecimal/],
    [file([one, `${two}0`]).toString(), 3, /24 hexadecimal/],
    [file([one, '']).toString(), 3, /24 hexadecimal/],
    [file([two, one]).toString(), 3, /sorted lines/],
    [file([one, one]).toString(), 3, /sorted lines/],
    [file([one], 2).toString(), 1, /expected 2 fingerprints, found 1/],
    [whole.slice(0, -3), 1_000, /24 hexadecimal/],
  ]
  for (const [text, line, message] of cases)
    assert.throws(
      () => readFingerprints(Buffer.from(text)),
      (error: BadFingerprints) =>
        error instanceof BadFingerprints && error.line === line && message.test(error.message),
      `${text.slice(0, 90)} ${line}`,
    )
})
