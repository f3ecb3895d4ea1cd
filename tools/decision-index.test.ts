import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { decisionIndex, readDecision } from './decision-index.ts'

const folder = join(import.meta.dirname, '../decisions')
const files = globSync('0*.md', { cwd: folder })
const read = (file: string) => readFileSync(join(folder, file), 'utf8')

describe('decisions', () => {
  for (const file of files) {
    test(`${file} has a number, title, date, status and summary`, () => void readDecision(file, read(file)))
  }

  test('the index lists every decision once, and is up to date', () => {
    const index = read('README.md')
    assert.equal(index, decisionIndex(), 'Run npm run generate.')
    for (const file of files) assert.equal(index.split(`](${file})`).length, 2, file)
  })

  const good = '# 7. A title\n\n2026-01-02 · accepted\n\nOne sentence.\n\n## Context\n'
  const bad: [problem: string, file: string, text: string][] = [
    ['no date', '0007-a-title.md', good.replace('2026-01-02 · ', '')],
    ['an unknown status', '0007-a-title.md', good.replace('accepted', 'done')],
    ['no summary', '0007-a-title.md', good.replace('One sentence.\n\n', '')],
    ['a file name that differs from its title', '0007-another-title.md', good],
    ['a file name that differs from its number', '0008-a-title.md', good],
  ]
  test('a complete header is accepted', () => {
    assert.equal(readDecision('0007-a-title.md', good).summary, 'One sentence.')
  })
  for (const [problem, file, text] of bad) {
    test(`a decision with ${problem} is rejected`, () =>
      assert.throws(() => readDecision(file, text), new RegExp(file)))
  }
})
