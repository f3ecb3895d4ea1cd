import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { mintMark } from '@mintmark/token'
import { mintmark } from '../../testing/cli/run-mintmark.ts'
import { compileCache } from '../../testing/compile-cache.ts'
import { machine, startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { seededNumbers } from '../../token/seeded-numbers.ts'
import { sampleToken } from '../../token/token-samples.ts'
import { gitIn, hasGit } from './git-samples.ts'

const numbers = seededNumbers(3)
const mark = mintMark('scalr:7k2m9q')
const newToken = () => sampleToken(mark, numbers).open()

function write(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** Runs `mintmark scan` in a folder. Fails if the output contains a token. */
async function scan(t: TestContext, folder: string, args: readonly string[], environment: Record<string, string> = {}) {
  const path = process.env['PATH'] ?? ''
  const done = await mintmark(t, ['scan', ...args], { folder, environment: { PATH: path, ...environment } })
  assert.doesNotMatch(done.stdout + done.stderr, /eyJpc3MiOi/)
  return done
}

test('exits with 0 without findings, and with 3 and location, ID and last six characters otherwise', async (t) => {
  const folder = temporaryFolder(t)
  write(folder, 'readme', 'nothing')
  const before = await scan(t, folder, [])
  assert.deepEqual(before, { code: 0, stdout: 'No tokens found.\nScanned 1 file, 7 bytes.\n', stderr: '' })

  const token = newToken()
  write(folder, 'src/a.env', `A=1\nB=${token}\n`)
  write(folder, 'src/b.tgz.b64', Buffer.from(gzipSync(token)).toString('base64'))
  const { code, stdout, stderr } = await scan(t, folder, ['src', 'readme'])
  assert.deepEqual([code, stderr], [3, ''])
  const lines = stdout.split('\n')
  assert.match(lines[0] ?? '', new RegExp(`^Mintmark token at-\\S+ of scalr:7k2m9q, ending in ${token.slice(-6)}$`))
  assert.deepEqual(lines.slice(1, 5), [
    '  src/a.env:2:3',
    '  src/b.tgz.b64:1:1 (gzip in base64)',
    '',
    '1 token found at 2 locations.',
  ])
})

test('--json has one member per token with all its locations', async (t) => {
  const folder = temporaryFolder(t)
  const token = newToken()
  write(folder, 'a', token)
  write(folder, 'b', `\n${token}`)
  const { code, stdout } = await scan(t, folder, ['--json'])
  assert.equal(code, 3)
  const { found, counts, interrupted } = JSON.parse(stdout)
  assert.equal(found.length, 1)
  assert.equal(found[0]['last-characters'], token.slice(-6))
  assert.deepEqual(
    found[0].places.map(({ path, line, column, how }: never) => [path, line, column, how]),
    [
      ['a', 1, 1, ['plain']],
      ['b', 2, 1, ['plain']],
    ],
  )
  assert.deepEqual([counts.files, counts.skipped, interrupted], [2, {}, false])
})

test('every format is printed to stdout, with the summary on stderr', async (t) => {
  const folder = temporaryFolder(t)
  write(folder, 'a b.env', `\n ${newToken()}`)
  const of = (format: string) => scan(t, folder, ['--format', format])
  const [sarif, gitlab, github] = [await of('sarif'), await of('gitlab'), await of('github')]
  for (const { code, stderr } of [sarif, gitlab, github])
    assert.deepEqual([code, stderr.split('\n')[0]], [3, '1 token found at 1 location.'])
  const [{ physicalLocation }] = JSON.parse(sarif.stdout).runs[0].results[0].locations
  assert.deepEqual(physicalLocation, {
    artifactLocation: { uri: 'a%20b.env' },
    region: { startLine: 2, startColumn: 2 },
  })
  assert.deepEqual(JSON.parse(gitlab.stdout).vulnerabilities[0].location, {
    file: 'a b.env',
    start_line: 2,
    end_line: 2,
    commit: { sha: '0000000' },
  })
  assert.match(github.stdout, /^::error file=a b\.env,line=2,col=2,title=Leaked token::Mintmark token at-\S+ of .*\n$/)
})

test('a token in a file name is found but not printed by any format', async (t) => {
  const folder = temporaryFolder(t)
  const token = newToken()
  write(folder, `${token}/a-${token}.txt`, token)
  for (const format of ['text', 'json', 'sarif', 'github', 'gitlab']) {
    const { code, stdout } = await scan(t, folder, ['--format', format])
    assert.equal(code, 3)
    assert.doesNotMatch(stdout, /eyJ/)
    const place = `[token at-`
    assert.ok(stdout.includes(format === 'sarif' ? encodeURIComponent(place) : place), stdout)
  }
  const { stdout } = await scan(t, folder, [])
  assert.match(stdout, /1 token found at 3 locations\./)
  assert.doesNotMatch((await scan(t, folder, [`${token}/absent`])).stderr, /eyJ/)
  await scan(t, folder, ['--write-baseline', 'baseline.json'])
  assert.doesNotMatch(readFileSync(join(folder, 'baseline.json'), 'utf8'), /eyJ/)
  assert.equal((await scan(t, folder, ['--baseline', 'baseline.json'])).code, 0)
})

test('unreadable files are counted by reason and do not stop the scan', async (t) => {
  const folder = temporaryFolder(t)
  const token = newToken()
  write(folder, 'z', token)
  write(folder, '.git/config', token)
  for (const path of ['HEAD', 'refs/heads/main', 'objects/ab/cd']) write(folder, `.git/${path}`, 'x')
  write(folder, 'secret/file', 'x')
  symlinkSync('..', join(folder, 'loop'))
  symlinkSync('absent', join(folder, 'broken'))
  const server = createServer().listen(join(folder, 'socket'))
  t.after(() => server.close())
  const hasFifo = spawnSync('sh', ['-c', 'mkfifo fifo'], { cwd: folder }).status === 0
  chmodSync(join(folder, 'secret'), 0)
  const { code, stdout } = await scan(t, folder, ['--json'])
  chmodSync(join(folder, 'secret'), 0o700)
  assert.equal(code, 3)
  const { found, counts } = JSON.parse(stdout)
  assert.deepEqual(
    found[0].places.map(({ path }: { path: string }) => path),
    ['.git/config', 'z'],
  )
  assert.equal(counts.skipped['symbolic link'], 2)
  assert.equal(counts.skipped['not a file or folder'], hasFifo ? 2 : 1)
  assert.equal(counts.skipped['objects of a git repository (read with --git)'], 1)
  // root may read everything.
  if (process.getuid?.() !== 0) assert.equal(counts.skipped['no permission'], 1)
})

test('a missing path gives one line and exit code 1, wrong usage exit code 2', async (t) => {
  const folder = temporaryFolder(t)
  const absent = await scan(t, folder, ['absent'])
  assert.deepEqual(absent, { code: 1, stdout: '', stderr: 'mintmark: absent cannot be read (ENOENT)\n' })
  for (const args of [
    ['--format', 'xml'],
    ['--staged', '--git'],
    ['--baseline', 'absent'],
    ['--print-rules', 'x'],
  ])
    assert.equal((await scan(t, folder, args)).code, 2, args.join(' '))
})

test('standard input is streamed, and Ctrl-C prints the findings so far', async (t) => {
  const token = newToken()
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts'), 'scan', ...args], {
      cwd: temporaryFolder(t),
      env: compileCache,
    })
    t.after(() => void child.kill('SIGKILL'))
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    const ended = new Promise<number | null>((done) => child.once('close', done))
    return { child, output, ended }
  }
  const whole = start('-')
  whole.child.stdin.end(`one\n${token}\n`)
  assert.equal(await whole.ended, 3)
  assert.match(whole.output.stdout, /standard input:2:1/)

  const interrupted = start('--stdin', '--json')
  // More than a pipe buffers: when the write returns, the scan is running.
  await new Promise((done) => interrupted.child.stdin.write(Buffer.from(`${token}\n${'x'.repeat(8_000_000)}`), done))
  interrupted.child.kill('SIGINT')
  assert.equal(await interrupted.ended, 3)
  const report = JSON.parse(interrupted.output.stdout)
  assert.deepEqual([report.found.length, report.interrupted], [1, true])
})

test('the allow file allows a path or token with a reason, and is rejected without one', async (t) => {
  const folder = temporaryFolder(t)
  const [one, other] = [newToken(), newToken()]
  write(folder, 'docs/deep/a.md', one)
  write(folder, 'b.txt', other)
  const { found } = JSON.parse((await scan(t, folder, ['--json'])).stdout)
  const { id } = found.find((each: { places: { path: string }[] }) => each.places[0]?.path === 'b.txt')
  write(folder, '.mintmark-allow', '# what may stay\n\ndocs/**   # examples, signed with no key\n')
  const some = await scan(t, folder, [])
  assert.equal(some.code, 3)
  assert.match(some.stdout, /1 token found at 1 location, 1 allowed\./)
  write(folder, '.mintmark-allow', `docs/** # examples\n${id} # revoked long ago\n`)
  assert.equal((await scan(t, folder, ['.'])).code, 0)
  write(folder, '.mintmark-allow', 'docs/** # examples\nb.txt\n')
  const refused = await scan(t, folder, [])
  assert.deepEqual([refused.code, refused.stdout], [2, ''])
  assert.match(refused.stderr, /^mintmark: \.mintmark-allow:2: expected a reason/)
})

test('a baseline ignores only the findings that it contains', async (t) => {
  const folder = temporaryFolder(t)
  const token = newToken()
  write(folder, 'a', token)
  assert.equal((await scan(t, folder, ['--write-baseline', 'baseline.json'])).code, 0)
  const baseline = readFileSync(join(folder, 'baseline.json'), 'utf8')
  assert.doesNotMatch(baseline, /eyJ/)
  write(folder, 'a', `\n\n${token}`)
  assert.equal((await scan(t, folder, ['--baseline', 'baseline.json'])).code, 0)
  write(folder, 'b', token)
  const elsewhere = await scan(t, folder, ['--baseline', 'baseline.json'])
  assert.match(elsewhere.stdout, /\n {2}b:1:1\n\n1 token found at 1 location, 1 in the baseline\.\n/)
  assert.equal(elsewhere.code, 3)
  write(folder, 'a', newToken())
  assert.equal((await scan(t, folder, ['a', '--baseline', 'baseline.json'])).code, 3)
  write(folder, 'baseline.json', '{"version":1,"found":[{}]}')
  assert.equal((await scan(t, folder, ['--baseline', 'baseline.json'])).code, 2)
})

test('--mint-mark ignores tokens of other issuers', async (t) => {
  const folder = temporaryFolder(t)
  write(folder, 'a', sampleToken(mintMark('acme:1'), numbers).open())
  assert.equal((await scan(t, folder, [])).code, 0)
  assert.equal((await scan(t, folder, ['--mint-mark', 'acme:'])).code, 3)
  assert.equal((await scan(t, folder, ['--mint-mark', 'acme:2'])).code, 0)
})

test('--git finds removed tokens and prints commit and path', {
  skip: !hasGit && 'git is not installed',
}, async (t) => {
  const folder = temporaryFolder(t)
  const git = gitIn(folder)
  git(['init', '-q'])
  write(folder, 'a/b.env', `x\n${newToken()}`)
  git(['add', '-A'])
  git(['commit', '-qm', 'one'])
  const commit = git(['rev-parse', 'HEAD'])
  git(['rm', '-rq', 'a'])
  git(['commit', '-qm', 'two'])
  assert.equal((await scan(t, folder, ['.'])).code, 0)
  const { code, stdout } = await scan(t, folder, ['--git'])
  assert.equal(code, 3)
  assert.ok(stdout.includes(`  a/b.env:2:1 in commit ${commit.slice(0, 12)}\n`), stdout)
  assert.match(stdout, /Scanned \d+ files, 6 objects/)
  const none = await scan(t, temporaryFolder(t), ['--git'])
  assert.deepEqual([none.code, none.stdout], [1, ''])
  assert.match(none.stderr, /^mintmark: git: not a git repository/)
})

test('--staged scans the staged content, not the working tree', {
  skip: !hasGit && 'git is not installed',
}, async (t) => {
  const folder = temporaryFolder(t)
  const git = gitIn(folder)
  git(['init', '-q'])
  assert.equal((await scan(t, folder, ['--staged'])).code, 0)
  write(folder, 'ü a.env', newToken())
  assert.equal((await scan(t, folder, ['--staged'])).code, 0, 'not staged yet')
  git(['add', '-A'])
  write(folder, 'ü a.env', 'clean again, too late')
  const { code, stdout } = await scan(t, folder, ['--staged'])
  assert.equal(code, 3)
  assert.match(stdout, /\n {2}ü a\.env:1:1\n/)
})

test('--install-hook makes git reject the commit, and does not change an existing hook', {
  skip: !hasGit && 'git is not installed',
}, async (t) => {
  const folder = temporaryFolder(t)
  const git = gitIn(folder, { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` })
  git(['init', '-q'])
  const main = join(import.meta.dirname, '../main.ts')
  write(folder, 'bin/mintmark', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(join(folder, 'bin/mintmark'), 0o755)
  const installed = await scan(t, folder, ['--install-hook'])
  assert.equal(installed.code, 0, installed.stderr)
  const hook = join(folder, '.git/hooks/pre-commit')
  assert.ok((statSync(hook).mode & 0o111) !== 0)
  write(folder, 'fine', 'fine')
  git(['add', 'fine'])
  git(['commit', '-qm', 'fine'])
  write(folder, 'leak', newToken())
  git(['add', 'leak'])
  assert.throws(() => git(['commit', '-qm', 'leak']))
  assert.throws(() => git(['commit', '-qm', 'leak', 'leak']))
  assert.equal(git(['log', '--format=%s']), 'fine')
  assert.match((await scan(t, folder, ['--install-hook'])).stdout, /already/)

  writeFileSync(hook, '#!/bin/sh\nexit 0\n')
  const left = await scan(t, folder, ['--install-hook'])
  assert.equal(left.code, 1)
  assert.match(left.stderr, /Next: Add this line to it: mintmark scan --staged \|\| exit 1/)
  assert.equal(readFileSync(hook, 'utf8'), '#!/bin/sh\nexit 0\n')
})

test('--revoke revokes the found tokens without authentication', async (t) => {
  const authority = await startAuthority(t)
  const address = await authority.app.server.listen({ port: 0, host: '127.0.0.1' })
  const ci = await machine(authority, 'ci')
  const folder = temporaryFolder(t)
  write(folder, 'deploy.sh', `export A=${ci.token}\n`)
  const done = await scan(t, folder, ['--revoke'], { MINTMARK_HOST: address })
  assert.equal(done.code, 3, done.stderr)
  assert.match(done.stderr, new RegExp(`^Reported the tokens to ${address}`))
  assert.equal((await authority.call('GET', '/ping', { token: ci.token })).status, 401)
  const [{ attributes }] = (await authority.call('GET', '/leak-reports')).json.data
  assert.partialDeepStrictEqual(attributes, { path: 'deploy.sh' })
})

test('--print-rules prints the rules for another scanner', async (t) => {
  const { code, stdout } = await mintmark(t, ['scan', '--print-rules', 'gitleaks', '--host', 'tokens.example.com'])
  assert.equal(code, 0)
  assert.match(stdout, /id = "mintmark-token"/)
  assert.match(stdout, /tokens\.example\.com/)
})

test('a file beyond the unpacking limit is listed with exit code 1, unless it is allowed or the limit is raised', async (t) => {
  const folder = temporaryFolder(t)
  write(folder, 'data/zeros.gz', gzipSync(Buffer.alloc(90 * 1024 ** 2)))
  const incomplete = await scan(t, folder, [])
  assert.equal(incomplete.code, 1)
  assert.match(incomplete.stdout, /\nNot scanned completely: data\/zeros\.gz \(exceeds the unpacking limit\)\n/)
  assert.equal((await scan(t, folder, ['--max-unpacked', '32'])).code, 0)
  assert.equal((await scan(t, folder, ['--max-unpacked', '0'])).code, 2)
  write(folder, '.mintmark-allow', 'data/zeros.gz # a test file of zeros\n')
  const allowed = await scan(t, folder, [])
  assert.equal(allowed.code, 0, allowed.stdout)
  assert.doesNotMatch(allowed.stdout, /completely/)
  write(folder, 'leak', newToken())
  assert.equal((await scan(t, folder, [])).code, 3)
})
