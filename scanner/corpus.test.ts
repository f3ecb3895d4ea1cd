/** Five hundred tokens in every kind of location, and similar strings that must not match. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { mintMark, signCompact } from '@mintmark/token'
import { gitEnvironment, gitIn, hasGit } from '../cli/scan/git-samples.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { sampleKey, sampleToken } from '../token/token-samples.ts'
import { tarOf, zipOf } from './archive-samples.ts'
import { bzip2Of } from './bzip2-samples.ts'
import { Scan, scanGit, scanPaths } from './index.ts'

const numbers = seededNumbers(4)
const marks = ['scalr:7k2m9q', 'scalr:0', 'scalr<other>', 'scalr9'].map(mintMark)
const newToken = () => sampleToken(numbers.pick(marks), numbers).open()

const jwt = (header: string, payload: string): string => {
  const signed = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return `${signed}.${signCompact(signed, sampleKey)}`
}
const ours = '{"alg":"HS256","typ":"JWT"}'
const rest = '","jti":"at-v0o0000000000000","gen":1,"sec":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'
const lookAlikes = [
  jwt(ours, '{"sub":"1234567890","name":"John Doe","iat":1516239022}'),
  ...['joe', 'scalr', 'scalr.io', 'scalrA', 'scalar', 'supabase', 'Scalr:x', 'xscalr:x'].map((issuer) =>
    jwt(ours, `{"iss":"${issuer}${rest}`),
  ),
  ...['{"typ":"JWT","alg":"HS256"}', '{"alg":"HS512","typ":"JWT"}', '{"alg":"HS256"}'].map((header) =>
    jwt(header, `{"iss":"scalr:x${rest}`),
  ),
  jwt(ours, `{"iss": "scalr:x${rest}`),
  jwt(ours, `{"iss":"scalr:x","jti":"at-1","gen":1,"sec":"A"}`),
  newToken().slice(0, -1),
  newToken().slice(0, 90),
]

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const noise = (bytes: number) => Buffer.from(numbers.bytes(bytes)).toString('base64')

/** Functions that hide a secret in the content of a file. */
const locations: Readonly<Record<string, (secret: string) => string | Buffer>> = {
  'plain.env': (secret) => `A=1\nSCALR_TOKEN=${secret}\n`,
  'crlf.txt': (secret) => `one\r\n${secret}\r\nthree\r\n`,
  'utf16le.ps1': (secret) => Buffer.from(`\ufeff$token = "${secret}"\r\n`, 'utf16le'),
  'utf16be.reg': (secret) => Buffer.from(`\ufefftoken=${secret}\r\n`, 'utf16le').swap16(),
  'escaped.json': (secret) => JSON.stringify({ text: `first\n${secret}\nlast` }),
  'secret.yaml': (secret) => `data:\n  token: ${base64(secret)}\n`,
  'wrapped.pem': (secret) => (base64(`${noise(40)}${secret}`).match(/.{1,64}/g) ?? []).join('\r\n'),
  'log.gz': (secret) => gzipSync(`${noise(10_000)}\n${secret}\n`),
  'log.zst': (secret) => zstdCompressSync(`${noise(10_000)}\n${secret}\n`),
  'log.bz2': (secret) => bzip2Of(`${noise(3_000)}\n${secret}\n`),
  'a.tbz2': (secret) => bzip2Of(tarOf({ 'x/secret': secret })),
  'a.tar': (secret) => tarOf({ 'x/empty': '', 'x/secret': secret, [`${'long/'.repeat(40)}name`]: 'x' }),
  'a.tgz': (secret) => gzipSync(tarOf({ 'x/secret': secret })),
  'a.zip': (secret) => zipOf({ 'x/one': noise(100), 'x/secret': secret }),
  'stored.zip': (secret) => zipOf({ 'x/one': noise(100), 'x/secret': secret }, { stored: true }),
  'streamed.zip': (secret) => zipOf({ 'x/one': noise(100_000), 'x/secret': secret }, { sizesLater: true }),
  'stored-streamed.zip': (secret) => zipOf({ one: noise(99), secret }, { sizesLater: true, stored: true }),
  'comment.zip': (secret) => zipOf({ one: 'x' }, { comment: secret }),
  'nested.zip': (secret) => zipOf({ 'a.tgz': gzipSync(tarOf({ 'b.zip': zipOf({ 'c.gz': gzipSync(secret) }) })) }),
  'terraform.tfstate': (secret) => state({ user_data_base64: base64(gzipSync(`#!/bin/sh\nexport T=${secret}\n`)) }),
  'plain.tfstate': (secret) => state({ token: secret }),
  'base64.tfstate': (secret) => state({ user_data: base64(`#cloud-config\ntoken: ${secret}\n`) }),
  'big.tfstate': (secret) => state({ user_data_base64: base64(gzipSync(noise(400_000) + secret)) }),
  'saved.tfplan': (secret) =>
    zipOf({ tfplan: noise(500), tfstate: state({ token: secret }), 'tfconfig/m-/main.tf': 'x' }, { sizesLater: true }),
  'packed.tfplan': (secret) => zipOf({ tfstate: state({ a: base64(gzipSync(secret)) }) }, { sizesLater: true }),
  'binary.bin': (secret) => Buffer.concat([Buffer.from(numbers.bytes(999)), Buffer.from(secret), Buffer.alloc(99)]),
  'damaged.gz': (secret) => gzipSync(`${secret}\n${noise(200_000)}`).subarray(0, -1000),
  'after.gz': (secret) => Buffer.concat([gzipSync('x'), gzipSync(secret)]),
}

function state(attributes: object): string {
  return JSON.stringify({ version: 4, resources: [{ type: 'x', instances: [{ attributes }] }] }, null, 2)
}

const perPlace = 17

function write(folder: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

function assertFound(scan: Scan, planted: ReadonlyMap<string, string>): void {
  const found = new Set(scan.leaks.map(({ token }) => token.open()))
  const missed = [...planted].filter(([token]) => !found.has(token)).map(([, location]) => location)
  assert.deepEqual(missed, [], 'missed')
  assert.equal(found.size, planted.size, 'what was not planted was found')
}

test('every token in files is found at its location, and no similar string', async (t) => {
  const folder = temporaryFolder(t)
  const planted = new Map<string, string>()
  for (const [name, location] of Object.entries(locations)) {
    for (let turn = 0; turn < perPlace; turn++) {
      const token = newToken()
      planted.set(token, `${turn}/${name}`)
      write(folder, `${turn}/${name}`, location(token))
    }
    for (const [at, secret] of lookAlikes.entries()) write(folder, `look-alikes/${at}/${name}`, location(secret))
  }
  assert.ok(planted.size >= 400)
  const scan = new Scan()
  await scanPaths(scan, [folder])
  assertFound(scan, planted)
  for (const { token, locations } of scan.leaks) {
    assert.equal(locations.length, 1, String(planted.get(token.open())))
    const path = locations[0]?.path?.slice(folder.length + 1) ?? ''
    assert.ok(path.startsWith(String(planted.get(token.open()))), path)
  }
})

test('a file with a single line of 100 MB is scanned completely', async (t) => {
  const file = join(temporaryFolder(t), 'bundle.min.js')
  const filler = Buffer.from('function(a,b){return a.b(c)};'.repeat(36_000))
  const tokens = [newToken(), newToken(), newToken(), newToken()]
  const columns: number[] = []
  let bytes = 0
  const add = (content: Buffer) => {
    appendFileSync(file, content)
    bytes += content.length
  }
  for (let times = 0; times < 97; times++) {
    if (times % 32 === 0) {
      columns.push(bytes + 1)
      add(Buffer.from(tokens[times / 32] ?? ''))
    }
    if (times < 96) add(filler)
  }
  assert.ok(bytes > 100_000_000)
  const scan = new Scan()
  await scanPaths(scan, [file])
  assert.equal(scan.counts.bytes, bytes)
  assert.deepEqual(
    scan.leaks.map(({ token, locations }) => [token.open(), locations.map(({ line, column }) => [line, column])]),
    tokens.map((token, at) => [token, [[1, columns[at]]]]),
  )
})

test('every token in a repository is found, also in unreachable objects', {
  skip: !hasGit && 'there is no git here',
}, async (t) => {
  const folder = temporaryFolder(t)
  const git = gitIn(folder)
  const planted = new Map<string, string>()
  const plant = (location: string): string => {
    const token = newToken()
    planted.set(token, location)
    return token
  }
  const commit = (message: string) => {
    git(['add', '-A'])
    git(['commit', '-qm', message])
    return git(['rev-parse', 'HEAD'])
  }
  git(['init', '-q', '-b', 'main'])
  write(folder, 'readme', lookAlikes.join('\n'))
  commit('start')
  for (let turn = 0; turn < 8; turn++) {
    write(folder, 'config/a.env', `A=1\nT=${plant('file|config/a.env|2')}\n`)
    commit(`a commit message with ${plant('message')}`)
    git(['checkout', '-q', '-b', 'side'])
    write(folder, 'side.txt', plant('file|side.txt|1'))
    commit('side')
    git(['checkout', '-q', 'main'])
    write(folder, 'main.txt', `${turn}`)
    commit('main')
    git(['merge', '-q', '--no-commit', '--no-ff', 'side'])
    write(folder, 'merge.txt', plant('file|merge.txt|1'))
    commit('merge')
    git(['branch', '-qD', 'side'])
    git(['checkout', '-q', '-b', 'deleted'])
    write(folder, 'gone.txt', `${plant('file|gone.txt|1')}`)
    commit('gone')
    git(['checkout', '-q', 'main'])
    git(['branch', '-qD', 'deleted'])
    git(['tag', '-a', `v${turn}`, '-m', plant('tag')])
    write(folder, 'main.txt', `stash ${plant('file|main.txt|1')}`)
    git(['stash', '-q'])
    git(['stash', 'drop', '-q'])
    git(['hash-object', '-w', '--stdin'], plant('lost'))
    write(folder, 'nested.tgz', gzipSync(tarOf({ 'in.zip': zipOf({ a: plant('file|nested.tgz!in.zip!a|1') }) })))
    write(folder, 'user-data.json', state({ x: base64(gzipSync(plant('file|user-data.json|9'))) }))
    write(folder, 'utf16.txt', Buffer.from(plant('file|utf16.txt|1'), 'utf16le'))
    write(folder, `big${turn}.txt`, `${noise(300_000)}\n${plant(`file|big${turn}.txt|2`)}`)
    write(folder, `names/${turn}`, 'x')
    commit('archives')
  }
  git(['update-ref', 'refs/notes/x', 'HEAD'])
  git(['rm', '-rq', 'config'])
  commit('removed')
  const before = git(['count-objects', '-v'])
  for (const isPacked of [false, true]) {
    if (isPacked) git(['repack', '-adkq'])
    const scan = new Scan()
    await scanGit(scan, { folder, environment: gitEnvironment, signal: scan.signal })
    assertFound(scan, planted)
    for (const { token, locations } of scan.leaks) {
      const [kind = '', path, line] = planted.get(token.open())?.split('|') ?? []
      const type = { message: 'commit', tag: 'tag' }[kind] ?? 'blob'
      const location = locations.find((each) => each.objectType === type)
      assert.ok(location, kind)
      if (kind !== 'file') continue
      assert.deepEqual([location.path, location.line], [path, Number(line)], JSON.stringify(locations))
      assert.equal(git(['show', '-s', '--format=%H', location.commit ?? 'none']), location.commit)
    }
    assert.equal(
      scan.counts.objects,
      Number(git(['cat-file', '--batch-all-objects', '--batch-check']).split('\n').length),
    )
    if (!isPacked) assert.equal(git(['count-objects', '-v']), before, 'the repository was changed')
  }
})
