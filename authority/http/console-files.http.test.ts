import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { basePath } from '@mintmark/contract'
import { startAuthority } from '../../testing/kit.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'

const page = '<!doctype html><title>console</title>'
const script = 'console.log("a script that is long enough to be worth compressing")'
const helpFiles = [
  'help.html',
  'help/roles.html',
  'help/not-found.html',
  'help/search.json',
  'help/assets/main-abc.js',
  'docs.html',
  'docs/teams.html',
]
const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'

async function served(t: TestContext, built = true) {
  const [consoleFolder, helpFolder] = [temporaryFolder(t), temporaryFolder(t)]
  if (built) {
    mkdirSync(join(consoleFolder, 'assets'))
    writeFileSync(join(consoleFolder, 'index.html'), page)
    writeFileSync(join(consoleFolder, '.sources'), 'a hash')
    writeFileSync(join(consoleFolder, 'assets/main-abc.js'), script)
    writeFileSync(join(consoleFolder, 'assets/main-abc.js.gz'), gzipSync(script))
    writeFileSync(join(consoleFolder, 'assets/main-abc.js.br'), brotliCompressSync(script))
    for (const folder of ['docs', 'help/assets']) mkdirSync(join(helpFolder, folder), { recursive: true })
    for (const name of helpFiles) writeFileSync(join(helpFolder, name), name)
  }
  const { app } = await startAuthority(t, { consoleFolder, helpFolder })
  return (url: string, headers: Record<string, string> = {}) =>
    app.server.inject({ method: 'GET', url, headers: { accept: browser, ...headers } })
}

test('every path of the console returns its page, which runs only its own scripts and cannot be framed', async (t) => {
  const get = await served(t)
  for (const url of ['/', '/profile', '/acc-1/iam/users?sort=name', '/apis', '/leak-reports']) {
    const answer = await get(url)
    assert.equal(answer.statusCode, 200, url)
    assert.equal(answer.body, page)
    assert.equal(answer.headers['cache-control'], 'no-cache')
    assert.equal(answer.headers['referrer-policy'], 'no-referrer')
    const policy = String(answer.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /script-src[^;]*(?:unsafe|https?:|\*)/)
  }
})

test('a path of the API never returns a page', async (t) => {
  const get = await served(t)
  const doors = [
    '/api/iacp/v3/nothing',
    '/auth/nothing',
    '/oauth/x',
    '/leaks/x',
    '/v1/x',
    '/.well-known/x',
    '/metrics/x',
  ]
  for (const url of doors) {
    const answer = await get(url)
    assert.notEqual(answer.statusCode, 200, url)
    assert.doesNotMatch(answer.body, /<!doctype/, url)
  }
})

test('a client other than a navigating browser gets no page', async (t) => {
  const get = await served(t)
  assert.equal((await get('/profile', { accept: 'application/json' })).statusCode, 404)
  assert.equal((await get('/assets/gone-abc.js')).statusCode, 404)
})

test('a program that requests / learns where console, API and reference are', async (t) => {
  const get = await served(t)
  const { statusCode, headers, body } = await get('/', { accept: '*/*' })
  assert.deepEqual([statusCode, headers['content-type']], [200, 'text/plain; charset=utf-8'])
  for (const path of [basePath, '/docs', '/healthz']) assert.ok(body.includes(path), path)
})

test('files outside the folder or not part of the console are not served', async (t) => {
  const get = await served(t)
  for (const url of [
    '/.sources',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/main-abc.js.gz',
  ]) {
    const answer = await get(url)
    assert.ok(answer.statusCode !== 200 || answer.body === page, url)
  }
})

const accepted = [
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['br;q=0.0', undefined],
  ['identity', undefined],
] as const

test('scripts are compressed with an encoding that the client accepts, and cached forever because their names contain a hash', async (t) => {
  const get = await served(t)
  for (const [accept, encoding] of accepted) {
    const answer = await get('/assets/main-abc.js', { accept: '*/*', 'accept-encoding': accept })
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers['content-encoding'], encoding, accept)
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.match(String(answer.headers['content-type']), /^text\/javascript/)
    if (!encoding) assert.equal(answer.body, script)
  }
})

test('without a built console the server explains how to build it, and the API works', async (t) => {
  const get = await served(t, false)
  const answer = await get('/')
  assert.equal(answer.statusCode, 503)
  assert.match(answer.body, /npm start/)
  assert.equal((await get('/healthz')).statusCode, 200)
})

test('pages of the documentation are sent to every client, without inline scripts, styles and framing', async (t) => {
  const get = await served(t)
  for (const [url, file] of [
    ['/help', 'help.html'],
    ['/help/', 'help.html'],
    ['/help/roles', 'help/roles.html'],
    ['/docs', 'docs.html'],
    ['/docs/teams', 'docs/teams.html'],
    ['/help/search.json', 'help/search.json'],
  ] as const)
    for (const accept of [browser, '*/*']) {
      const answer = await get(url, { accept })
      assert.deepEqual([answer.statusCode, answer.body], [200, file], url)
      const policy = String(answer.headers['content-security-policy'])
      assert.match(policy, /default-src 'none'.*script-src 'self'; style-src 'self';.*frame-ancestors 'none'/)
      assert.equal(answer.headers['cache-control'], 'no-cache')
    }
  const script = await get('/help/assets/main-abc.js')
  assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable')
})

test('an unknown page of the documentation is a page with status 404, and for other clients an error document', async (t) => {
  const get = await served(t)
  for (const url of ['/help/none', '/docs/none', '/help/roles.md']) {
    const answer = await get(url)
    assert.deepEqual([answer.statusCode, answer.body], [404, 'help/not-found.html'], url)
  }
  assert.match(
    String((await get('/help/none', { accept: '*/*' })).headers['content-type']),
    /^application\/vnd\.api\+json/,
  )
})
