import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { accessPolicies, leakReports } from '@mintmark/contract'

const built = join(import.meta.dirname, 'dist')
const kilobyte = 1_000

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const manifest = (): Record<string, Chunk> =>
  JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>

/** Returns the files that a chunk imports, directly or indirectly. */
function needed(name: string, chunks: Record<string, Chunk>, seen = new Set<string>()): Set<string> {
  const chunk = chunks[name]
  if (!chunk || seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const each of chunk.imports ?? []) needed(each, chunks, seen)
  return seen
}

const scriptsMax = 15
const kilobytesMax = 275

test(`a page loads at most ${scriptsMax} scripts and ${kilobytesMax} kB of compressed script before it is usable`, () => {
  const chunks = manifest()
  const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry)
  assert.ok(entry)
  const pages = Object.keys(chunks).filter((name) => name.startsWith('pages/'))
  assert.ok(pages.length > 20)
  for (const page of pages) {
    const files: readonly string[] = [...needed(page, chunks, needed(entry, chunks))].filter((file) =>
      file.endsWith('.js'),
    )
    const bytes = files.reduce((sum, file) => sum + statSync(join(built, `${file}.gz`)).size, 0)
    assert.ok(files.length <= scriptsMax, `${page} loads ${files.length} scripts: ${files.join(', ')}`)
    assert.ok(bytes <= kilobytesMax * kilobyte, `${page} loads ${bytes} bytes in ${files.join(', ')}`)
  }
})

test('API descriptions are not part of the console', () => {
  const descriptions = [accessPolicies.about, leakReports.about, accessPolicies.relations.roles.about]
  for (const { file } of Object.values(manifest())) {
    if (!file.endsWith('.js')) continue
    const script = readFileSync(join(built, file), 'utf8')
    for (const text of descriptions) assert.equal(script.includes(text), false, text)
  }
})

test('the page loads nothing from another origin', () => {
  const page = readFileSync(join(built, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc="\/)/)
  assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//)
  const pageFile = Object.values(manifest()).flatMap(({ file }) => file)
  for (const file of pageFile) {
    assert.ok(existsSync(join(built, file)))
    assert.doesNotMatch(readFileSync(join(built, file), 'utf8'), /@import|url\((?!["']?data:|["']?\/|["']?#)/)
  }
})
