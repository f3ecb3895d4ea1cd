import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashPrefixes, TokenIndex, type TokenRecord } from './token-index.ts'

/** Many hashes share the first four bytes, which select the slot, so they collide. */
const hashOf = (crowd: number, number: number): Uint8Array => {
  const hash = new Uint8Array(32)
  const view = new DataView(hash.buffer)
  view.setUint32(0, crowd)
  view.setUint32(28, number)
  return hash
}

const record = (hash: Uint8Array, owner: number, created: number): TokenRecord => ({
  id: `at-${Buffer.from(hash.subarray(28)).toString('hex')}`,
  hash,
  owner,
  expires: owner % 3 === 0 ? Number.POSITIVE_INFINITY : created + owner,
  created,
})

const assertHolds = (index: TokenIndex, { id, hash, owner, expires, created }: TokenRecord) => {
  const row = index.find(hash)
  assert.ok(row >= 0, id)
  assert.deepEqual(
    [index.idOf(row), index.ownerOf(row), index.expiresAt(row), index.createdSeconds(row)],
    [id, owner, expires, Math.floor(created / 1000)],
  )
}

test('the index behaves like a map for any sequence of changes', () => {
  const crowd = fc.constantFrom(0, 1, 0xfff, 0x1000_0000, 0xffff_ffff)
  const step = fc.record({
    put: fc.boolean(),
    crowd,
    number: fc.nat(60),
    owner: fc.nat(1000),
    created: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const index = new TokenIndex()
      const model = new Map<string, TokenRecord>()
      const seen = new Map<string, Uint8Array>()
      for (const { put, crowd, number, owner, created } of steps) {
        const hash = hashOf(crowd, number)
        const key = Buffer.from(hash).toString('hex')
        seen.set(key, hash)
        if (put) {
          const wanted = record(hash, owner, created)
          index.put(wanted)
          model.set(key, wanted)
        } else {
          index.remove(hash)
          model.delete(key)
        }
        assert.equal(index.size, model.size)
        const owned = [...model.values()].filter((each) => each.owner === owner).length
        assert.equal(index.countOf(owner), owned)
      }
      for (const [key, hash] of seen) {
        const wanted = model.get(key)
        if (wanted) assertHolds(index, wanted)
        else assert.equal(index.find(hash), -1)
      }
    }),
    { numRuns: 100 },
  )
})

test('it grows as needed: 10,000 tokens are found, and no others', () => {
  const index = new TokenIndex()
  const spread = (i: number) => hashOf(Math.imul(i, 0x9e37_79b1) >>> 0, i)
  for (let i = 0; i < 10_000; i++) index.put(record(spread(i), i % 1000, i * 1000))
  assert.equal(index.size, 10_000)
  for (let i = 0; i < 10_000; i++) {
    if (index.ownerOf(index.find(spread(i))) !== i % 1000) assert.fail(`token ${i} is not found`)
  }
  for (let i = 10_000; i < 15_000; i++) if (index.find(spread(i)) !== -1) assert.fail(`token ${i} was never added`)
})

test('adding and removing tokens forever takes no more memory, and lasting tokens are still found', () => {
  const index = new TokenIndex()
  const lasting = Array.from({ length: 500 }, (_, i) => record(hashOf(i % 7, i), i, i))
  for (const token of lasting) index.put(token)
  for (let i = 1_000; i < 6_000; i++) {
    const row = index.put(record(hashOf(i, i), 1, i))
    assert.ok(row <= lasting.length, 'the row of a removed token is reused')
    index.remove(hashOf(i, i))
  }
  assert.equal(index.size, lasting.length)
  for (const token of lasting) assertHolds(index, token)
  assert.equal(index.find(hashOf(5_000, 5_000)), -1)
})

test('a hash that differs in any one bit is another token', () => {
  const index = new TokenIndex()
  const hash = hashOf(0x1234_5678, 9)
  index.put(record(hash, 1, 1))
  for (let bit = 0; bit < 256; bit++) {
    const other = hash.slice()
    other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7))
    assert.equal(index.find(other), -1)
    index.remove(other)
  }
  assert.equal(index.size, 1)
})

test('tokens are counted and found by hash prefix and by id, even after some were removed', () => {
  const index = new TokenIndex()
  const all = Array.from({ length: 2_000 }, (_, i) => record(hashOf(Math.imul(i, 0x9e37_79b1) >>> 0, i), 1, i))
  for (const token of all) index.put(token)
  const kept = all.filter((_, i) => i % 3 > 0)
  for (const token of all.filter((_, i) => i % 3 === 0)) index.remove(token.hash)
  const hex = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('hex')).toSorted()
  const prefix = ({ hash }: { hash: Uint8Array }) => ((hash[0] as number) << 8) | (hash[1] as number)
  for (const [first, last] of [
    [0, hashPrefixes - 1],
    [0, 0],
    [1_000, 30_000],
    [65_000, hashPrefixes - 1],
  ] as const) {
    const between = kept.filter((token) => prefix(token) >= first && prefix(token) <= last).map(({ hash }) => hash)
    assert.equal(index.countBetween(first, last), between.length)
    assert.deepEqual(hex(index.hashesBetween(first, last)), hex(between))
  }
  const some = all.slice(100, 160)
  const stillThere = some.filter((token) => kept.includes(token)).map(({ hash }) => hash)
  assert.deepEqual(hex(index.hashesOf(new Set(some.map(({ id }) => id)))), hex(stillThere))
})
