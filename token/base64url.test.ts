import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base64urlLength, writeBase64url } from './base64url.ts'
import { seededNumbers } from './seeded-numbers.ts'

test('writeBase64url writes the same as Node for 2,000 random byte strings, at any offset', () => {
  const numbers = seededNumbers(11)
  for (let i = 0; i < 2_000; i++) {
    const bytes = numbers.bytes(numbers.below(100))
    const start = numbers.below(5)
    const target = Buffer.alloc(start + base64urlLength(bytes.length), '.')
    assert.equal(writeBase64url(target, start, bytes), target.length)
    assert.equal(target.toString('latin1'), '.'.repeat(start) + Buffer.from(bytes).toString('base64url'))
  }
})
