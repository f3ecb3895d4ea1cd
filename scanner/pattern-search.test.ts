import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { PatternSearch } from './pattern-search.ts'

test('the search finds the same as Buffer.indexOf, in bytes with overlapping and similar patterns', () => {
  const numbers = seededNumbers(9)
  const few = (count: number) => Buffer.from(Array.from({ length: count }, () => numbers.below(2)))
  for (let turn = 0; turn < 200; turn++) {
    const bytes = few(3_000)
    const wanted = [few(8 + numbers.below(4)), few(8), few(11)]
    const patterns = new PatternSearch(wanted)
    const starts = (find: (from: number) => number) => {
      const found: number[] = []
      for (let at = find(0); at >= 0; at = find(at + 1)) found.push(at)
      return found
    }
    const expected = new Set(wanted.flatMap((pattern) => starts((from) => bytes.indexOf(pattern, from))))
    assert.deepEqual(
      starts((from) => patterns.next(bytes, from, bytes.length)),
      [...expected].sort((one, other) => one - other),
    )
    for (const at of expected) {
      const which = wanted[patterns.indexAt(bytes, at, bytes.length)]!
      assert.deepEqual(bytes.subarray(at, at + which.length), which)
    }
  }
})

test('a pattern that ends after the end is not found', () => {
  const bytes = Buffer.from('xxneedle78xx')
  const patterns = new PatternSearch([Buffer.from('needle78')])
  assert.equal(patterns.next(bytes, 0, 10), 2)
  assert.equal(patterns.next(bytes, 0, 9), -1)
  assert.equal(patterns.next(bytes, 3, 12), -1)
})

test('patterns that are too short or too long are rejected', () => {
  assert.throws(() => new PatternSearch([Buffer.alloc(7)]), TypeError)
  assert.throws(() => new PatternSearch([Buffer.alloc(256)]), TypeError)
})
