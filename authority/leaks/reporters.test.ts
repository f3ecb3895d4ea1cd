import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { fixedWorld } from '../world.ts'
import { githubReporter, type Reporter, reportersIn, signatureCheck } from './reporters.ts'

const pair = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const pemOf = ({ publicKey }: ReturnType<typeof pair>) => publicKey.export({ type: 'spki', format: 'pem' }).toString()
const good = pair('P-256')
const published = (identifier: string, key: unknown = pemOf(good), more = {}) => ({
  public_keys: [{ key_identifier: identifier, key, ...more }],
})
const body = Buffer.from('[{"token":"abc"}]')
const signature = sign('sha256', body, good.privateKey).toString('base64')
const headers = (identifier: unknown = 'one', signed: unknown = signature) => ({
  'github-public-key-identifier': identifier,
  'github-public-key-signature': signed,
})
const untouched = async (): Promise<Response> => {
  throw new Error('the keys were fetched')
}

const given = {
  name: 'pypi',
  'identifier-header': 'PyPI-Identifier',
  'signature-header': 'PyPI-Signature',
  'keys-url': 'https://keys.example.com/',
}

test('a configured reporter has a name, two headers, and a URL of keys or pinned keys', () => {
  const reporter = {
    name: 'pypi',
    identifierHeader: 'PyPI-Identifier',
    signatureHeader: 'PyPI-Signature',
    keysUrl: 'https://keys.example.com/',
  }
  assert.deepEqual(reportersIn([given]), [reporter])
  const keys = published('one')
  assert.deepEqual(reportersIn([{ ...given, keys }]), [{ ...reporter, keysUrl: '', pinnedKeys: keys }])
  for (const url of ['http://127.0.0.1:80/', 'http://localhost/', 'http://[::1]:8080/k'])
    assert.equal(reportersIn([{ ...given, 'keys-url': url }])[0]?.keysUrl, url)
  for (const name of ['a', 'a-1', `a${'b'.repeat(62)}`]) assert.equal(reportersIn([{ ...given, name }])[0]?.name, name)
  assert.deepEqual(reportersIn([]), [])
  assert.deepEqual(githubReporter(), {
    name: 'github',
    identifierHeader: 'Github-Public-Key-Identifier',
    signatureHeader: 'Github-Public-Key-Signature',
    keysUrl: 'https://api.github.com/meta/public_keys/secret_scanning',
  })
})

test('an invalid configuration of reporters is rejected with the name of what is wrong', () => {
  const cases: [document: unknown, message: RegExp][] = [
    [{}, /^expected a list of reporters$/],
    [[undefined], /name such as pypi/],
    ...['', 'PyPI', '1a', 'a_b', ' a', 'a ', `a${'b'.repeat(63)}`, 'report', 'patterns', 'trufflehog', 7].map(
      (name): [unknown, RegExp] => [[{ ...given, name }], /name such as pypi/],
    ),
    ...[undefined, '', 'a b', 'a:', ':a', 'a'.repeat(65), 7].flatMap((header): [unknown, RegExp][] => [
      [[{ ...given, 'identifier-header': header }], /^pypi: expected the names of two headers$/],
      [[{ ...given, 'signature-header': header }], /^pypi: expected the names of two headers$/],
    ]),
    ...[
      undefined,
      7,
      '',
      'http://keys.example.com/',
      'http://127.0.0.1.example.com/',
      'http://localhost.example.com/',
      'http://127a0.0.1/',
      'http://127.0a0.1/',
      'http://127.0.0a1/',
      ' https://keys.example.com/',
      ' http://localhost/',
      'ftp://https://',
      ['https://keys.example.com/'],
    ].map((url): [unknown, RegExp] => [[{ ...given, 'keys-url': url }], /^pypi: expected an https address of keys$/]),
    ...[null, {}, published('one', 'no key'), published('one', undefined, { is_current: false })].map(
      (keys): [unknown, RegExp] => [[{ ...given, keys }], /^pypi: expected at least one current P-256 key/],
    ),
  ]
  for (const [document, message] of cases)
    assert.throws(() => reportersIn(document), { message }, JSON.stringify(document))
})

test('a report is verified with the pinned key that it names', async () => {
  const check = (reporter: Reporter, ...[sent, text = body]: [sent: Record<string, unknown>, text?: Uint8Array]) =>
    signatureCheck(reporter, fixedWorld('2030-01-01T00:00:00.000Z'), untouched).check(sent, text)
  const reporter = githubReporter(undefined, published('one'))
  assert.equal(await check(reporter, headers()), 'good')
  assert.equal(await check(reporter, headers(), Buffer.from('[]')), 'wrong')
  assert.equal(await check(reporter, headers('one', 'no signature')), 'wrong')
  assert.equal(
    await check(reporter, headers('one', sign('sha256', body, pair('P-256').privateKey).toString('base64'))),
    'wrong',
  )
  assert.equal(await check(reporter, headers('two')), 'unknown-key')
  assert.equal(await check(reporter, {}), 'missing')
  assert.equal(await check(reporter, { 'github-public-key-identifier': 'one' }), 'missing')
  assert.equal(await check(reporter, { 'github-public-key-signature': signature }), 'missing')
  assert.equal(await check(reporter, headers(['one'])), 'missing')
  assert.equal(await check(reporter, headers('one', [signature])), 'missing')
})

test('only current P-256 keys are accepted, at most 100', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 })
  const others = [
    { key_identifier: 'old', key: pemOf(good), is_current: false },
    { key_identifier: 'rsa', key: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    { key_identifier: 'p384', key: pemOf(pair('P-384')) },
    { key_identifier: 'text', key: 'no key' },
    { key_identifier: 'number', key: 7 },
    { key_identifier: 'object', key: { key: pemOf(good) } },
    { key_identifier: 7, key: pemOf(good) },
  ]
  const last = { key_identifier: 'one', key: pemOf(good), is_current: true }
  const check = (list: readonly unknown[], identifier = 'one') =>
    signatureCheck(
      githubReporter(undefined, { public_keys: [last, ...list] }),
      fixedWorld('2030-01-01T00:00:00.000Z'),
      untouched,
    ).check(headers(identifier), body)
  for (const { key_identifier: identifier } of others)
    assert.equal(await check(others, String(identifier)), 'unknown-key', String(identifier))
  const filler = (count: number) => Array.from({ length: count }, (_, i) => ({ key_identifier: `no ${i}`, key: '' }))
  assert.equal(await check([...filler(98), { ...last, key_identifier: 'hundredth' }], 'hundredth'), 'good')
  assert.equal(await check([...filler(99), { ...last, key_identifier: 'another' }], 'another'), 'unknown-key')
})

/** A server that publishes keys, and the requests it got. */
function publisher() {
  const world = fixedWorld('2030-01-01T00:00:00.000Z')
  const requests: RequestInit[] = []
  const state = { answer: (): Response => Response.json(published('one'), { headers: { etag: '"1"' } }) }
  const { check } = signatureCheck(githubReporter('https://keys.example.com/'), world, async (url, options) => {
    assert.equal(url, 'https://keys.example.com/')
    requests.push(options)
    return state.answer()
  })
  return { world, requests, state, check: (identifier = 'one') => check(headers(identifier), body) }
}

test('published keys are kept for an hour, and requested with their version after that', async () => {
  const { world, requests, state, check } = publisher()
  assert.equal(await check(), 'good')
  assert.deepEqual(requests[0]?.headers, { accept: 'application/json' })
  assert.equal(requests[0]?.redirect, 'error')
  assert.ok(requests[0]?.signal)
  world.set('2030-01-01T01:00:00.000Z')
  assert.equal(await check(), 'good')
  assert.equal(requests.length, 1)
  world.set('2030-01-01T01:00:00.001Z')
  state.answer = () => new Response(null, { status: 304 })
  assert.equal(await check(), 'good')
  assert.deepEqual(requests[1]?.headers, { accept: 'application/json', 'if-none-match': '"1"' })
  assert.equal(requests.length, 2)
})

test('an unknown key makes the server fetch the keys again, at most every 30 seconds', async () => {
  const { world, requests, state, check } = publisher()
  assert.equal(await check('two'), 'unknown-key')
  world.set('2030-01-01T00:00:30.000Z')
  assert.equal(await check('two'), 'unknown-key')
  assert.equal(requests.length, 1)
  world.set('2030-01-01T00:00:30.001Z')
  state.answer = () => Response.json(published('two'))
  assert.equal(await check('two'), 'good')
  assert.equal(await check('one'), 'unknown-key')
  assert.equal(requests.length, 2)
})

test('simultaneous reports wait for one request', async () => {
  const { requests, check } = publisher()
  assert.deepEqual(await Promise.all([check(), check(), check('two')]), ['good', 'good', 'unknown-key'])
  assert.equal(requests.length, 1)
})

test('the cached keys stay in use if new ones cannot be read', async () => {
  const failures: (() => Response)[] = [
    () => {
      throw new Error('connection refused')
    },
    () => new Response(null, { status: 500 }),
    () => Response.json(published('two'), { status: 404 }),
    () => new Response('no JSON'),
    () => new Response(`${JSON.stringify(published('two'))}${' '.repeat(262_144)}`),
  ]
  for (const failure of failures) {
    const { world, requests, state, check } = publisher()
    assert.equal(await check(), 'good')
    world.set('2030-01-01T02:00:00.000Z')
    state.answer = failure
    assert.equal(await check(), 'good', String(failure))
    assert.equal(requests.length, 2)
  }
})

test('a report cannot be verified while no keys were ever read, and can once they are', async () => {
  const { world, state, check } = publisher()
  const { answer } = state
  state.answer = () => new Response(null, { status: 503 })
  assert.equal(await check(), 'keys-unavailable')
  world.set('2030-01-01T00:00:30.001Z')
  state.answer = answer
  assert.equal(await check(), 'good')
})
