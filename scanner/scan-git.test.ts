import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { gitEnvironment, gitIn, hasGit } from '../cli/scan/git-samples.ts'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleToken } from '../token/token-samples.ts'
import { ObjectFilter } from './object-filter.ts'
import { Scan } from './scan.ts'
import { scanGit } from './scan-git.ts'

const numbers = seededNumbers(8)
const newToken = () => sampleToken(mintMark('scalr:7k2m9q'), numbers).open()

function newRepository(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-scanner-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const git = gitIn(folder)
  git(['init', '-q', '-b', 'main'])
  const commit = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content)
    git(['add', '-A'])
    git(['commit', '-qm', name])
    return git(['rev-parse', 'HEAD'])
  }
  const repository = (signal: AbortSignal) => ({
    folder,
    environment: { ...gitEnvironment, HOME: folder },
    signal,
  })
  return { folder, git, commit, repository }
}

const batch = (objects: readonly (readonly [id: string, content: Buffer])[]) =>
  Buffer.concat(
    objects.flatMap(([id, content]) => [Buffer.from(`${id} blob ${content.length}\n`), content, Buffer.from('\n')]),
  )

test('the filter selects the objects to scan for all chunk boundaries', () => {
  const id = (at: number) => at.toString(16).padStart(40, '0')
  const objects: [string, Buffer][] = []
  const selected: string[] = []
  for (let at = 0; at < 3_000; at++) {
    const kind = at % 100
    const filler = Buffer.alloc(numbers.below(at % 500 === 7 ? 400_000 : 400), 'some text\n')
    const secret = { 3: newToken(), 20: Buffer.from(newToken(), 'utf16le'), 40: base64(newToken()), 60: 'aH4sI' }[kind]
    if (kind === 80) objects.push([id(at), gzipSync(filler)])
    else objects.push([id(at), Buffer.concat([filler, Buffer.from(secret ?? ''), filler])])
    if (secret || kind === 80) selected.push(id(at))
  }
  const bytes = batch(objects)
  for (const chunk of [bytes.length, 65_536, 4_096, 1_001]) {
    const filter = new ObjectFilter()
    for (let at = 0; at < bytes.length; at += chunk) filter.push(bytes.subarray(at, at + chunk))
    filter.end()
    assert.equal(filter.objects, objects.length)
    assert.deepEqual([...filter.selected.keys()].sort(), selected, `${chunk}`)
  }
})

test('the filter selects the correct object at the boundaries of its buffer', () => {
  const held = 256 * 1024
  const [before, after] = ['b'.repeat(40), 'a'.repeat(40)]
  for (const secret of [newToken(), Buffer.from(newToken(), 'utf16le'), 'aH4sI'].map((each) => Buffer.from(each))) {
    for (let end = held - 300; end < held + 50; end++) {
      const filler = Buffer.alloc(end, '-')
      const inFirst = [before, Buffer.concat([filler, secret])] as const
      const inSecond = [after, secret] as const
      const more = ['c'.repeat(40), Buffer.alloc(1_000, '-')] as const
      for (const [objects, expected] of [
        [[inFirst, [after, filler], more], before],
        [[[before, filler.subarray(60)], inSecond, more], after],
      ] as const) {
        const filter = new ObjectFilter()
        filter.push(batch(objects))
        filter.end()
        assert.deepEqual([...filter.selected.keys()], [expected], `${end}`)
      }
    }
  }
})

test('an object that git cannot read is reported and does not hide others', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const { folder, git, commit, repository } = newRepository(t)
  const token = newToken()
  commit('a', 'a')
  const damaged = git(['hash-object', '-w', '--stdin'], 'damaged')
  commit('b', token)
  git(['repack', '-adq'])
  const file = join(folder, '.git/objects', damaged.slice(0, 2), damaged.slice(2))
  rmSync(file)
  writeFileSync(file, 'garbage')
  const scan = new Scan()
  await scanGit(scan, repository(scan.signal))
  assert.deepEqual(
    scan.leaks.map(({ token, locations }) => [token.open(), locations[0]?.path]),
    [[token, 'b']],
  )
  assert.deepEqual([...scan.counts.skipped], [['damaged object', 1]])

  const packs = join(folder, '.git/objects/pack')
  const pack = join(packs, readdirSync(packs).find((name) => name.endsWith('.pack')) ?? '')
  rmSync(file)
  const bytes = readFileSync(pack)
  rmSync(pack)
  writeFileSync(pack, bytes.fill(0, 30, 60))
  const later = new Scan()
  await assert.rejects(scanGit(later, repository(later.signal)), { name: 'GitFailed' })
})

test('truncated output of git is an error', () => {
  const bytes = batch([['0'.repeat(40), Buffer.from('some text')]])
  for (const end of [bytes.length - 1, bytes.length - 5, 30]) {
    const filter = new ObjectFilter()
    filter.push(bytes.subarray(0, end))
    assert.throws(() => filter.end(), /middle of an object/)
  }
})

test('scanning a repository runs none of its programs and changes nothing in it', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const { folder, git, commit, repository } = newRepository(t)
  const token = newToken()
  const leaked = commit('a.txt', token)
  writeFileSync(join(folder, 'evil'), `#!/bin/sh\ntouch '${join(folder, 'ran')}'\ncat\n`, { mode: 0o755 })
  const evil = join(folder, 'evil')
  for (const [name, value] of [
    ['core.fsmonitor', evil],
    ['core.pager', evil],
    ['core.sshCommand', evil],
    ['diff.external', evil],
    ['diff.x.textconv', evil],
    ['log.showSignature', 'true'],
    ['gpg.program', evil],
    ['core.hooksPath', folder],
  ] as const)
    git(['config', name, value])
  writeFileSync(join(folder, '.git/info/attributes'), '* diff=x\n')
  // A replacement object does not hide the original.
  git(['replace', leaked, git(['commit-tree', '-m', 'innocent', git(['mktree'])])])
  const scan = new Scan()
  await scanGit(scan, repository(scan.signal))
  assert.equal(existsSync(join(folder, 'ran')), false)
  assert.deepEqual(
    scan.leaks.map(({ token, locations }) => [token.open(), locations[0]?.path, locations[0]?.commit]),
    [[token, 'a.txt', leaked]],
  )
})

test('a blob is reported once per path, with its oldest commit', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const { git, commit, repository } = newRepository(t)
  const token = newToken()
  const first = commit('one', token)
  const second = commit('two with\na strange name', token)
  git(['rm', '-q', 'one'])
  commit('three', 'x')
  commit('one', token)
  const scan = new Scan()
  await scanGit(scan, repository(scan.signal))
  assert.deepEqual(
    new Map(scan.leaks[0]?.locations.map(({ path, commit }) => [path, commit])),
    new Map([
      ['one', first],
      ['two with\na strange name', second],
    ]),
  )
})

test('an interrupted scan keeps its findings and reports the interruption', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const { commit, repository } = newRepository(t)
  for (let at = 0; at < 30; at++) commit(`f${at}`, `${newToken()}\n${'x'.repeat(300_000)}${at}`)
  const interruption = new AbortController()
  const scan = new Scan({
    signal: interruption.signal,
    progress: ({ bytes }) => {
      if (bytes > 3_000_000) interruption.abort()
    },
  })
  await assert.rejects(scanGit(scan, repository(scan.signal)), { name: 'AbortError' })
  assert.ok(scan.leaks.length >= 5, `${scan.leaks.length}`)
  assert.ok(scan.leaks.length < 30, `${scan.leaks.length}`)
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
