import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { mintMark } from '@mintmark/token'
import { seededNumbers } from '../../token/seeded-numbers.ts'
import { sampleToken } from '../../token/token-samples.ts'
import { Refusal } from '../context.ts'
import {
  locationOf,
  readGitLabReports,
  readHashes,
  readHolderReports,
  readPartnerReports,
  readPasted,
  readTruffleHog,
} from './read-reports.ts'

const token = sampleToken(mintMark('7k2m9q'), seededNumbers(1)).open()
const nowhere = { repository: null, path: null, line: null, commit: null, url: null, committedAt: null }
const at = (url: string) => ({ ...nowhere, url })

/** Returns code, detail and pointer of the refusal. */
function refusalOf(read: () => unknown): readonly (string | undefined)[] {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error))
    const [fault] = error.faults
    return [error.code, fault?.detail, fault?.at]
  }
  assert.fail('it was accepted')
}

describe('reports of GitHub', () => {
  test('have a type, and a URL that can be empty', () => {
    const found = readPartnerReports([
      { token: 'a', type: 'mintmark_token', url: 'https://github.com/x', source: 'content' },
      { token: 'b', type: 't'.repeat(300), url: '' },
      { token: 'c', type: 7 },
    ])
    assert.deepEqual(found, [
      { text: 'a', type: 'mintmark_token', location: { kind: 'public', ...at('https://github.com/x') } },
      { text: 'b', type: 't'.repeat(255), location: { kind: 'public', ...nowhere } },
      { text: 'c', type: '', location: { kind: 'public', ...nowhere } },
    ])
  })

  test('are rejected as a whole, with a pointer to the invalid value', () => {
    const good = { token: 'a', type: 't' }
    const text = `Expected text of 1 to 4096 characters.`
    for (const [body, code, detail, pointer] of [
      [{}, 'invalid-document', 'Expected an array.', ''],
      [null, 'invalid-document', 'Expected an array.', ''],
      [[good, null], 'invalid-document', 'Expected an object.', '/1'],
      [[good, 'token'], 'invalid-document', 'Expected an object.', '/1'],
      [[[good]], 'invalid-document', 'Expected an object.', '/0'],
      [[good, { type: 't' }], 'invalid-attribute', text, '/1/token'],
      [[{ token: '' }], 'invalid-attribute', text, '/0/token'],
      [[{ token: 'a'.repeat(4_097) }], 'invalid-attribute', text, '/0/token'],
      [[{ token: 1 }], 'invalid-attribute', text, '/0/token'],
    ] as const)
      assert.deepEqual(
        refusalOf(() => readPartnerReports(body)),
        [code, detail, pointer],
        JSON.stringify(body),
      )
    assert.equal(readPartnerReports([{ token: 'a'.repeat(4_096) }])[0]?.text.length, 4_096)
    const many = Array.from({ length: limits.leakTokensPerReport }, () => good)
    assert.equal(readPartnerReports(many).length, limits.leakTokensPerReport)
    assert.deepEqual(
      refusalOf(() => readPartnerReports([...many, good])),
      ['invalid-document', `Expected at most ${limits.leakTokensPerReport} entries.`, ''],
    )
  })
})

describe('reports of GitLab', () => {
  test('have a URL as their location', () => {
    assert.deepEqual(readGitLabReports([{ type: 't', token: 'a', location: 'https://gitlab.com/x' }]), [
      { text: 'a', location: { kind: 'public', ...at('https://gitlab.com/x') } },
    ])
    assert.deepEqual(refusalOf(() => readGitLabReports({}))[2], '')
    assert.deepEqual(refusalOf(() => readGitLabReports([1]))[2], '/0')
    assert.deepEqual(refusalOf(() => readGitLabReports([{ token: '' }]))[2], '/0/token')
  })
})

describe('reports of token holders', () => {
  test('have a location for all tokens or for each', () => {
    const shared = { url: 'https://wiki.example.com' }
    const own = { path: 'ci.yml', line: 3 }
    const kind = 'unknown'
    assert.deepEqual(
      readHolderReports({ tokens: ['a', { token: 'b' }, { token: 'c', location: own }], location: shared }),
      [
        { text: 'a', location: { kind, ...at(shared.url) } },
        { text: 'b', location: { kind, ...at(shared.url) } },
        { text: 'c', location: { kind, ...nowhere, ...own } },
      ],
    )
    assert.deepEqual(readHolderReports({ tokens: ['a'] }), [{ text: 'a', location: { kind, ...nowhere } }])
  })

  test('are rejected with a pointer to the invalid value', () => {
    for (const [body, pointer] of [
      [[], ''],
      [{ tokens: 'a' }, '/tokens'],
      [{ tokens: ['a'], location: 'here' }, '/location'],
      [{ tokens: ['a', ''] }, '/tokens/1'],
      [{ tokens: [7] }, '/tokens/0'],
      [{ tokens: [{ token: 7 }] }, '/tokens/0/token'],
      [{ tokens: [{ token: 'a', location: [] }] }, '/tokens/0/location'],
    ] as const)
      assert.equal(refusalOf(() => readHolderReports(body))[2], pointer, JSON.stringify(body))
  })
})

test('hashes are 64 hexadecimal digits', () => {
  const hash = 'aB'.repeat(32)
  assert.deepEqual(readHashes({ hashes: [hash] }), [Buffer.from(hash, 'hex')])
  const wrong = 'Expected the SHA-256 of a token as 64 hexadecimal digits.'
  for (const odd of [1, null, `${hash}0`, `0${hash}`, hash.slice(1), `${hash.slice(1)}g`, ''])
    assert.deepEqual(
      refusalOf(() => readHashes({ hashes: [hash, odd] })),
      ['invalid-attribute', wrong, '/hashes/1'],
    )
  assert.deepEqual(refusalOf(() => readHashes({}))[2], '/hashes')
  const many = Array.from({ length: limits.leakHashesPerCheck + 1 }, () => hash)
  assert.equal(readHashes({ hashes: many.slice(1) }).length, limits.leakHashesPerCheck)
  assert.match(String(refusalOf(() => readHashes({ hashes: many }))[1]), /at most/)
})

test('the last match of TruffleHog is the one without its context', () => {
  assert.equal(readTruffleHog({ Mintmark: { token: ['key=a', 'a'] } }), 'a')
  assert.equal(readTruffleHog({ Mintmark: { token: ['a'] } }), 'a')
  for (const [body, pointer] of [
    [[], ''],
    [{}, '/0'],
    [{ Mintmark: [] }, '/0'],
    [{ Mintmark: {} }, '/0/0'],
    [{ Mintmark: { token: 'a' } }, '/0/0'],
    [{ Mintmark: { token: [] } }, '/0/0'],
    [{ Mintmark: { token: ['a', ''] } }, '/0/0'],
  ] as const)
    assert.equal(refusalOf(() => readTruffleHog(body))[2], pointer, JSON.stringify(body))
})

test('tokens in pasted text are found, up to a size', () => {
  const text = Buffer.from(`key: ${token}, and more`)
  assert.deepEqual(readPasted(text), [{ text: token, location: { kind: 'unknown' } }])
  assert.deepEqual(
    readPasted(text, () => ['nothing']),
    [],
  )
  const [found] = readPasted(text, (body) => [body, `https://host/${token}\u202e`])
  assert.deepEqual([found?.text, found?.location.url], [token, 'https://host/[token]'])
  assert.deepEqual(
    readPasted(text, (body) => [body, '']),
    [{ text: token, location: { kind: 'unknown' } }],
  )
  assert.deepEqual(readPasted(new Uint8Array(limits.leakTextBytes)), [])
  assert.deepEqual(
    refusalOf(() => readPasted(new Uint8Array(limits.leakTextBytes + 1))),
    [
      'body-too-large',
      `Expected at most ${limits.leakTextBytes} bytes of text, which is enough for ${limits.leakTokensPerReport} tokens.`,
      undefined,
    ],
  )
})

describe('a location', () => {
  const one = (given: Record<string, unknown>) => {
    const { kind, ...location } = locationOf(given, 'private')
    assert.equal(kind, 'private')
    return Object.fromEntries(Object.entries(location).filter(([, value]) => value !== null))
  }

  test('has only valid values', () => {
    for (const [given, expected] of [
      [{}, {}],
      [
        { repository: 'org/repo', path: 'a/b', url: 'https://x' },
        { repository: 'org/repo', path: 'a/b', url: 'https://x' },
      ],
      [{ repository: 7, path: null, url: '' }, {}],
      [{ line: 1 }, { line: 1 }],
      [{ line: 2 ** 31 - 1 }, { line: 2 ** 31 - 1 }],
      [{ line: 0 }, {}],
      [{ line: -1 }, {}],
      [{ line: 2 ** 31 }, {}],
      [{ line: 1.5 }, {}],
      [{ line: '1' }, {}],
      [{ commit: 'ABCDEF0' }, { commit: 'abcdef0' }],
      [{ commit: 'a'.repeat(64) }, { commit: 'a'.repeat(64) }],
      [{ commit: 'abcdef' }, {}],
      [{ commit: 'a'.repeat(65) }, {}],
      [{ commit: 'xabcdef0' }, {}],
      [{ commit: 'abcdef0x' }, {}],
      [{ commit: 7 }, {}],
      [{ 'committed-at': '2030-01-01T02:00:00+02:00' }, { committedAt: '2030-01-01T00:00:00.000Z' }],
      [{ 'committed-at': 'yesterday' }, {}],
      [{ 'committed-at': 1_893_456_000_000 }, {}],
    ] as const)
      assert.deepEqual(one(given), expected, JSON.stringify(given))
  })

  test('has text without control and bidirectional characters, of a limited length', () => {
    assert.deepEqual(one({ path: ' a\u0000b\u2028c\u202ed\u2066e\ud800 ' }), { path: 'a b c d e\ufffd' })
    assert.deepEqual(one({ path: '\u0007 \n' }), {})
    for (const [name, max] of [
      ['repository', 255],
      ['path', 1_024],
      ['url', 2_048],
    ] as const) {
      assert.deepEqual(one({ [name]: 'a'.repeat(max) }), { [name]: 'a'.repeat(max) })
      assert.deepEqual(one({ [name]: `${'a'.repeat(max)}b` }), { [name]: 'a'.repeat(max) })
    }
  })

  test('never contains a token or a part of one', () => {
    assert.deepEqual(one({ url: `https://x/?t=${token}&u` }), { url: 'https://x/?t=[token]&u' })
    // The cut is four times the limit, within the token.
    const before = `${'/ '.repeat(4 * 1_024 - 40)}`
    const long = `${before.slice(0, 4 * 1_024 - 30)} ${token} end`
    assert.doesNotMatch(String(one({ path: long })['path']), /eyJ/)
    const spaces = `${' '.repeat(4 * 1_024 - 30)}${token} end`
    assert.deepEqual(one({ path: spaces }), {})
    assert.deepEqual(one({ path: `${' '.repeat(4 * 1_024 - 4)}end` }), { path: 'end' })
    assert.deepEqual(one({ path: 'a'.repeat(5 * 1_024) }), { path: 'a'.repeat(1_024) })
  })
})
