import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { bunzip2 } from './bunzip2.ts'
import { ByteReader } from './byte-reader.ts'
import { bzip2Of } from './bzip2-samples.ts'

const numbers = seededNumbers(41)

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

async function unpacked(bytes: Buffer, pieceBytes = 1_000): Promise<{ content: Buffer; rest: string }> {
  const reader = new ByteReader(inPieces(bytes, pieceBytes))
  const pieces: Buffer[] = []
  for await (const piece of bunzip2(reader)) pieces.push(piece)
  return { content: Buffer.concat(pieces), rest: (await reader.take(100)).toString() }
}

const runs = Buffer.concat(
  [1, 3, 4, 5, 8, 258, 259, 260, 70_000, 1].map((times, at) => Buffer.alloc(times, 97 + (at % 3))),
)
const contents = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  runs,
  noise: Buffer.from(numbers.bytes(50_000)),
  words: Buffer.from(Array.from({ length: 9_000 }, () => numbers.pick(['all', 'of', 'it ', '\n'])).join('')),
}

for (const [name, content] of Object.entries(contents))
  test(`bunzip2 returns the original content: ${name}`, async () => {
    for (const pieceBytes of [1, 7, 100_000])
      assert.ok((await unpacked(bzip2Of(content), pieceBytes)).content.equals(content))
  })

test('output of the bzip2 program is decompressed, at every level and for many blocks', {
  skip: spawnSync('bzip2', ['--help']).status !== 0 && 'there is no bzip2 here',
}, async () => {
  const long = Buffer.concat([...Object.values(contents), Buffer.from(numbers.bytes(1_200_000))])
  for (const content of [...Object.values(contents), long]) {
    for (const level of ['-1', '-9']) {
      const packed = spawnSync('bzip2', [level, '-c'], { input: content, maxBuffer: 10_000_000 }).stdout
      assert.ok((await unpacked(packed, 50_000)).content.equals(content))
    }
  }
})

test('consecutive streams are concatenated, and the reader stops after them', async () => {
  const packed = Buffer.concat([bzip2Of('one, '), bzip2Of('two'), Buffer.from('and the rest')])
  for (const pieceBytes of [1, 9, 1_000]) {
    const { content, rest } = await unpacked(packed, pieceBytes)
    assert.deepEqual([content.toString(), rest], ['one, two', 'and the rest'])
  }
})

test('damaged data gives an error or other bytes, but never more than a block or an endless loop', async () => {
  const whole = bzip2Of(contents.words)
  for (let times = 0; times < 300; times++) {
    const bytes = Buffer.from(whole)
    for (let flips = 0; flips <= times % 3; flips++)
      bytes[4 + numbers.below(bytes.length - 4)]! ^= 1 << numbers.below(8)
    const cut = bytes.subarray(0, times % 2 === 0 ? bytes.length : numbers.below(bytes.length))
    try {
      assert.ok((await unpacked(cut, 10_000)).content.length < 30_000_000)
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'Z_BZIP2', String(error))
    }
  }
})
