import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const built = join(import.meta.dirname, 'dist')
const kilobyte = 1_000

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

const manifest = (): Record<string, Chunk> =>
  JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>

/** What a chunk needs before it can run. */
function needed(name: string, chunks: Record<string, Chunk>, seen = new Set<string>()): Set<string> {
  const chunk = chunks[name]
  if (!chunk || seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const each of chunk.imports ?? []) needed(each, chunks, seen)
  return seen
}

test('the first load takes at most 250 kB of compressed script', () => {
  const chunks = manifest()
  const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry)
  assert.ok(entry)
  const files = [...needed(entry, chunks)].filter((file) => file.endsWith('.js'))
  const bytes = files.reduce((sum, file) => sum + statSync(join(built, `${file}.gz`)).size, 0)
  assert.ok(bytes <= 250 * kilobyte, `${bytes} bytes in ${files.join(', ')}`)
})

test('the page names no script and no address of another origin', () => {
  const page = readFileSync(join(built, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc="\/)/)
  assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//)
  const pageFile = Object.values(manifest()).flatMap(({ file }) => file)
  for (const file of pageFile) {
    assert.ok(existsSync(join(built, file)))
    assert.doesNotMatch(readFileSync(join(built, file), 'utf8'), /@import|url\((?!["']?data:|["']?\/|["']?#)/)
  }
})
