import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashToken } from './hash.ts'

// FIPS 180-4, the examples for SHA-256.
const vectors: [text: string, hex: string][] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
]

test('a hash is the 32 bytes of SHA-256 over the whole string', () => {
  for (const [text, hex] of vectors) {
    const hash = hashToken(text)
    assert.ok(Buffer.isBuffer(hash))
    assert.equal(hash.length, 32)
    assert.equal(hash.toString('hex'), hex)
  }
})
