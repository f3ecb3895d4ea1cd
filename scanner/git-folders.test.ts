/** Files of git other than objects: configuration, submodules, worktrees. */
import assert from 'node:assert/strict'
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { gitEnvironment, gitIn, hasGit } from '../cli/scan/git-samples.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleToken } from '../token/token-samples.ts'
import { Scan, scanGit, scanPaths } from './index.ts'

const numbers = seededNumbers(91)
const newToken = () => sampleToken(mintMark('scalr:7k2m9q'), numbers).open()
const options = { skip: !hasGit && 'there is no git here' }

function write(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function newRepository(folder: string) {
  mkdirSync(folder, { recursive: true })
  const git = gitIn(folder)
  git(['init', '-q', '-b', 'main'])
  const commit = (path: string, content: string) => {
    write(folder, path, content)
    git(['add', '-A'])
    git(['commit', '-qm', 'a commit'])
  }
  return { git, commit }
}

/** A repository with a submodule at `libs/inner` whose history contains a removed token. */
function withSubmodule(t: TestContext) {
  const base = temporaryFolder(t)
  const removed = newToken()
  const inner = newRepository(join(base, 'inner'))
  inner.commit('a.env', removed)
  inner.commit('a.env', 'clean')
  inner.git(['repack', '-adq'])
  const folder = join(base, 'outer')
  const outer = newRepository(folder)
  outer.commit('readme', 'x')
  outer.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', join(base, 'inner'), 'libs/inner'])
  outer.git(['commit', '-qm', 'submodule'])
  return { base, folder, removed, git: outer.git }
}

async function byGit(folder: string) {
  const scan = new Scan()
  await scanGit(scan, { folder, environment: { ...gitEnvironment, HOME: folder }, signal: scan.signal })
  return summaryOf(scan)
}

async function byPath(folder: string) {
  const scan = new Scan()
  await scanPaths(scan, [folder])
  return summaryOf(scan)
}

const summaryOf = (scan: Scan) => ({
  scan,
  locations: new Map(scan.leaks.map(({ token, locations }) => [token.open(), locations.map(({ path }) => path)])),
})

/** Files of a git folder that can contain tokens. */
const metadata: Readonly<Record<string, (secret: string) => string>> = {
  config: (secret) => `[remote "origin"]\n\turl = https://x:${secret}@git.example.com/a.git\n`,
  'config.worktree': (secret) =>
    `[http "https://git.example.com/"]\n\textraheader = AUTHORIZATION: basic ${Buffer.from(`x:${secret}`).toString('base64')}\n`,
  'hooks/pre-push': (secret) => `#!/bin/sh\ncurl -H "Authorization: Bearer ${secret}" https://example.com\n`,
  FETCH_HEAD: (secret) => `0000\t\tbranch 'main' of https://x:${secret}@git.example.com/a\n`,
  COMMIT_EDITMSG: (secret) => `Use ${secret}\n`,
  'logs/HEAD': (secret) => `0 0 a <a@example.com> 1900000000 +0000\tclone: from https://${secret}@example.com\n`,
  'info/attributes': (secret) => `# ${secret}\n`,
  credentials: (secret) => `https://x:${secret}@git.example.com\n`,
  'worktrees/old/config.worktree': (secret) => `[http]\n\textraheader = Bearer ${secret}\n`,
  'modules/old/config': (secret) => `[remote "origin"]\n\turl = https://${secret}@git.example.com/b.git\n`,
}

test(
  'tokens in the files of a git folder are found by path and with --git, in every repository and submodule',
  options,
  async (t) => {
    const { folder } = withSubmodule(t)
    const planted = new Map<string, string>()
    for (const gitFolder of ['.git', '.git/modules/libs/inner'])
      for (const [path, content] of Object.entries(metadata)) {
        const token = newToken()
        planted.set(token, join(folder, gitFolder, path))
        mkdirSync(dirname(join(folder, gitFolder, path)), { recursive: true })
        appendFileSync(join(folder, gitFolder, path), content(token))
      }
    for (const scanned of [await byPath(folder), await byGit(folder)])
      for (const [token, path] of planted) {
        assert.deepEqual(scanned.locations.get(token), [path])
      }
    assert.equal((await byPath(folder)).scan.counts.skipped.get('objects of a git repository (read with --git)'), 2)
  },
)

test(
  'the history of a submodule is read, checked out or not, and its locations begin with its path',
  options,
  async (t) => {
    const { folder, removed, git } = withSubmodule(t)
    assert.deepEqual((await byGit(folder)).locations.get(removed), ['libs/inner/a.env'])
    git(['submodule', '--quiet', 'deinit', '-f', 'libs/inner'])
    assert.deepEqual((await byGit(folder)).locations.get(removed), ['libs/inner/a.env'])
    git(['rm', '-q', '-f', 'libs/inner'])
    git(['commit', '-qm', 'removed'])
    const gone = await byGit(folder)
    assert.deepEqual(gone.locations.get(removed), ['libs/inner/a.env'])
    assert.deepEqual(gone.scan.counts.incomplete, [])
  },
)

test(
  'nested submodules are scanned, and a submodule that was never cloned is counted as skipped',
  options,
  async (t) => {
    const { base, folder, removed } = withSubmodule(t)
    const top = newRepository(join(base, 'top'))
    top.commit('readme', 'x')
    const allowed = ['-c', 'protocol.file.allow=always']
    top.git([...allowed, 'submodule', '--quiet', 'add', folder, 'outer'])
    top.git(['commit', '-qm', 'submodule'])
    const before = await byGit(join(base, 'top'))
    assert.equal(before.locations.get(removed), undefined)
    assert.equal(before.scan.counts.skipped.get('submodule not cloned'), 1)
    top.git([...allowed, 'submodule', '--quiet', 'update', '--init', '--recursive'])
    const after = await byGit(join(base, 'top'))
    assert.deepEqual(after.locations.get(removed), ['outer/libs/inner/a.env'])
    assert.equal(after.scan.counts.skipped.get('submodule not cloned'), undefined)
  },
)

test(
  'a submodule with a git folder of its own, a subfolder, a worktree and a bare repository are read the same',
  options,
  async (t) => {
    const { base, folder, removed, git } = withSubmodule(t)
    const nested = newRepository(join(folder, 'vendor'))
    const vendored = newToken()
    nested.commit('b.env', vendored)
    nested.commit('b.env', 'clean')
    git(['-c', 'advice.addEmbeddedRepo=false', 'add', 'vendor'])
    git(['commit', '-qm', 'vendor'])
    assert.deepEqual((await byGit(folder)).locations.get(vendored), ['vendor/b.env'])
    assert.deepEqual((await byGit(join(folder, 'libs'))).locations.get(removed), ['libs/inner/a.env'])

    const worktree = join(base, 'worktree')
    git(['worktree', 'add', '-q', worktree])
    const [own, shared] = [newToken(), newToken()]
    appendFileSync(join(folder, '.git/config'), `[http]\n\textraheader = Bearer ${shared}\n`)
    writeFileSync(join(folder, '.git/worktrees/worktree/config.worktree'), `[http]\n\textraheader = Bearer ${own}\n`)
    for (const scanned of [await byPath(worktree), await byGit(worktree)]) {
      assert.deepEqual(scanned.locations.get(shared), [join(folder, '.git/config')])
      assert.deepEqual(scanned.locations.get(own), [join(folder, '.git/worktrees/worktree/config.worktree')])
    }
    const bare = join(base, 'bare.git')
    cpSync(join(base, 'inner/.git'), bare, { recursive: true })
    gitIn(bare)(['config', 'core.bare', 'true'])
    appendFileSync(join(bare, 'config'), `[http]\n\textraheader = Bearer ${own}\n`)
    assert.deepEqual((await byGit(bare)).locations.get(removed), ['a.env'])
    assert.deepEqual((await byPath(bare)).locations.get(own), [join(bare, 'config')])
  },
)

test('an object beyond the unpacking limit is reported with its path and submodule', options, async (t) => {
  const { folder } = withSubmodule(t)
  const inner = gitIn(join(folder, 'libs/inner'))
  write(join(folder, 'libs/inner'), 'zeros.gz', gzipSync(Buffer.alloc(90 * 1024 ** 2)))
  inner(['add', '-A'])
  inner(['commit', '-qm', 'zeros'])
  assert.deepEqual((await byGit(folder)).scan.counts.incomplete, [
    { path: 'libs/inner/zeros.gz', reason: 'exceeds the unpacking limit' },
  ])
})

test('a submodule that git cannot read is reported, and the rest is scanned', options, async (t) => {
  const { folder } = withSubmodule(t)
  const token = newToken()
  write(folder, 'leak', token)
  gitIn(folder)(['add', 'leak'])
  gitIn(folder)(['commit', '-qm', 'leak'])
  writeFileSync(join(folder, '.git/modules/libs/inner/config'), '[core]\n\trepositoryformatversion = 99\n')
  const { locations, scan } = await byGit(folder)
  assert.deepEqual(locations.get(token), ['leak'])
  assert.deepEqual(
    scan.counts.incomplete.map(({ path }) => path),
    ['libs/inner/'],
  )
})
