import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { gitEnvironment, gitIn, hasGit } from '../cli/scan/git-samples.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleToken } from '../token/token-samples.ts'
import { Scan, scanGit, scanPaths, scanStaged } from './index.ts'

const numbers = seededNumbers(31)
const newToken = () => sampleToken(mintMark('scalr:7k2m9q'), numbers).open()

function write(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

const placesIn = (scan: Scan) =>
  scan.leaks.map(({ token, locations }) => [
    token.open(),
    ...locations.map(({ path, column, how }) => [path, column, how]),
  ])

const shown = (token: string, scan: Scan) => {
  const leak = scan.leaks.find((each) => each.token.open() === token)
  return `[token ${leak?.tokenId} that ends in ${token.slice(-6)}]`
}

test('names of files and folders and targets of links are scanned and shown without the token', async (t) => {
  const folder = temporaryFolder(t)
  const [file, inner, link, wide] = [newToken(), newToken(), newToken(), newToken()]
  write(folder, `backup-${file}.txt`, 'x')
  write(folder, `${inner}/a`, wide)
  symlinkSync(`/somewhere/${link}`, join(folder, 'link'))
  const scan = new Scan()
  await scanPaths(scan, [folder])
  const at = (...path: string[]) => join(folder, ...path)
  assert.deepEqual(
    placesIn(scan).sort(),
    [
      [file, [at(shown(file, scan)), 8, ['name', 'plain']]],
      [inner, [at(shown(inner, scan)), 1, ['name', 'plain']]],
      [link, [at('link'), 12, ['link', 'plain']]],
      [wide, [at(shown(inner, scan), 'a'), 1, ['plain']]],
    ].sort(),
  )
  const named = new Scan()
  await scanPaths(named, [at(inner, 'a')])
  assert.equal(named.leaks.length, 2, 'also in a path that was named')
})

test('a file whose name is not UTF-8 is scanned', {
  skip: process.platform !== 'linux' && 'other systems have no such names',
}, async (t) => {
  const folder = temporaryFolder(t)
  const token = newToken()
  const strange = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])])
  mkdirSync(strange)
  writeFileSync(Buffer.concat([strange, Buffer.from('/a')]), token)
  const scan = new Scan()
  await scanPaths(scan, [folder])
  assert.deepEqual(placesIn(scan), [[token, [join(folder, 'caf\ufffd', 'a'), 1, ['plain']]]])
  assert.equal(scan.counts.skipped.size, 0)
})

test('names of branches, tags and staged files are scanned', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const folder = temporaryFolder(t)
  const git = gitIn(folder)
  const [branch, tag, staged] = [newToken(), newToken(), newToken()]
  git(['init', '-q', '-b', 'main'])
  write(folder, 'a', 'a')
  git(['add', '-A'])
  git(['commit', '-qm', 'one'])
  git(['branch', `wip/${branch}`])
  git(['tag', tag])
  write(folder, `${staged}.txt`, 'x')
  git(['add', '-A'])
  const repository = { folder, environment: gitEnvironment, signal: new AbortController().signal }
  const scan = new Scan()
  await scanGit(scan, repository)
  assert.deepEqual(
    placesIn(scan).sort(),
    [
      [branch, [`refs/heads/wip/${shown(branch, scan)}`, 16, ['name', 'plain']]],
      [tag, [`refs/tags/${shown(tag, scan)}`, 11, ['name', 'plain']]],
    ].sort(),
  )
  const before = new Scan()
  await scanStaged(before, repository)
  assert.deepEqual(placesIn(before), [[staged, [shown(staged, before), 1, ['name', 'plain']]]])
})

test('with several threads, each file is scanned once and findings are in the order of the tree', async (t) => {
  const folder = temporaryFolder(t)
  const planted = new Map<string, string>()
  for (let at = 0; at < 1_500; at++) {
    const path = join(folder, String(at % 7), String(at).padStart(4, '0'))
    const token = at % 50 === 0 ? newToken() : ''
    if (token) planted.set(path, token)
    const text = `${'x'.repeat(numbers.below(2_000))} ${token} ${'y'.repeat(numbers.below(2_000))}`
    write(folder, path.slice(folder.length), at % 100 === 0 ? gzipSync(text) : text)
  }
  // Too large for one read, with a token across two reads.
  for (let at = 0; at < 40; at++) {
    const path = join(folder, '6', `long-${String(at).padStart(2, '0')}`)
    planted.set(path, newToken())
    write(
      folder,
      path.slice(folder.length),
      `${' '.repeat(128 * 1024 - 5 * at)}${planted.get(path)}${' '.repeat(200_000)}`,
    )
  }
  const scan = new Scan()
  await scanPaths(scan, [folder])
  assert.deepEqual(
    scan.leaks.map(({ token, locations }) => [locations[0]?.path, token.open()]),
    [...planted].sort(),
  )
  assert.deepEqual([scan.counts.files, scan.counts.skipped.size], [1_540, 0])
})

test('an interrupted scan of many files ends with the findings so far', async (t) => {
  const folder = temporaryFolder(t)
  for (let at = 0; at < 2_000; at++) write(folder, String(at).padStart(4, '0'), at === 0 ? newToken() : 'x')
  const interruption = new AbortController()
  const scan = new Scan({
    signal: interruption.signal,
    progress: ({ files }) => {
      if (files > 1_000) interruption.abort()
    },
  })
  await assert.rejects(scanPaths(scan, [folder]), { name: 'AbortError' })
  assert.equal(scan.leaks.length, 1)
  assert.ok(scan.counts.files < 2_000)
})
