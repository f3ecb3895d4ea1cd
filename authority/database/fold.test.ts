import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { cpuOf } from '../../testing/event-loop/turn-cpu.ts'
import { emptyPostgres } from '../../testing/postgres.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { openDatabase } from './database.ts'
import { fold, matches, matchFunction, patternOf } from './fold.ts'

const same: [string, string][] = [
  ['Über', 'U\u0308BER'],
  ['ΟΔΟΣ', 'οδος'],
  ['İ', 'i'],
  ['ſ', 'S'],
  ['K', 'k'],
  ['ẞ', 'ß'],
  ['Ǆ', 'ǅ'],
  ['𐐀', '𐐨'],
  ['Ა', 'ა'],
]

test('texts that differ only in case and composition fold to the same text', () => {
  for (const [one, other] of same) assert.equal(fold(one), fold(other), `${one} ${other}`)
  assert.notEqual(fold('e'), fold('é'))
})

test('folding is idempotent', () => {
  for (let code = 0; code < 0x2_0000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue
    const once = fold(String.fromCodePoint(code))
    assert.equal(fold(once), once, code.toString(16))
  }
})

/** Every cased letter, composed and decomposed, in groups of a thousand. */
function samples(): string[][] {
  const all = Array.from({ length: 0x2_0000 }, (_, code) => String.fromCodePoint(code))
  const cased = all.filter((letter) => /\p{Changes_When_Casemapped}/u.test(letter))
  const letters = cased.filter((letter) => letter.normalize('NFC') === letter)
  return [letters, letters.map((letter) => letter.normalize('NFD')), letters.map((letter) => fold(letter))]
}

test('long texts match like short ones: every letter in each of its forms, and punctuation literally', () => {
  const [letters = []] = samples()
  const signs = '\\^$.*+?()[]{}|/-%_(?:a|b)'
  for (let i = 0; i < letters.length; i += 100) {
    const some = letters.slice(i, i + 100).join('')
    const around = '漢字'.repeat(100)
    const value = `${around}${some}${signs}${around}`
    for (const text of [some, fold(some), some.toUpperCase().length === some.length ? some.toUpperCase() : some]) {
      const expected = new RegExp(patternOf(text + signs), 'u').test(value) ? 1 : 0
      assert.equal(matches(value, patternOf(text + signs)), expected)
      assert.equal(matches(value, patternOf(`${text}☃`)), 0)
    }
    assert.equal(matches(value, patternOf(fold(some) + signs)), 1)
  }
  assert.equal(matches(`${'한'.repeat(200)}${'한글'.normalize('NFD')}`, patternOf('한글'.repeat(1))), 1)
})

test('the worst search takes linear time', () => {
  const pattern = patternOf(`${'а'.repeat(10_000)}б`)
  const milliseconds = cpuOf(() => assert.equal(matches('а'.repeat(20_000), pattern), 0))
  assert.ok(milliseconds < 50, `${milliseconds} ms`)
})

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind} matches every letter in each of its forms, and punctuation literally`, async (t) => {
    const where =
      kind === 'sqlite' ? { file: join(temporaryFolder(t), 'mintmark.db') } : { url: await emptyPostgres(t) }
    const database = await openDatabase(where)
    t.after(() => database.close())
    const matches = async (value: string, text: string) => {
      const { rows } = await sql<{ found: unknown }>`
        select ${sql.raw(matchFunction)}(${value}, ${patternOf(text)}) as found`.execute(database.read)
      return Boolean(rows[0]?.found)
    }
    // Several hundred letters in one pattern: as long as the longest search.
    for (const letters of samples())
      for (let i = 0; i < letters.length; i += 400) {
        const some = letters.slice(i, i + 400)
        assert.ok(await matches(`<${some.join('')}>`, some.map(fold).join('')))
        assert.ok(await matches(`<${some.map(fold).join('')}>`, some.join('')))
      }
    const signs = '^$\\.*+?()[]{}|/-#&~!"\'`<>=,:;@%_\n\t日本'
    assert.ok(await matches(`x${signs}x`, signs))
    for (const sign of signs) assert.equal(await matches('ü x', sign), false, sign)
    assert.equal(await matches('ü', ''), true)
  })
}
