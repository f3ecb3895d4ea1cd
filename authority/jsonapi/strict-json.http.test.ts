/** Parsing a JSON body takes limited time, whatever its content: otherwise the test kit's watch fails these tests. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { limits } from '@mintmark/contract'
import { type Authority, startAuthority } from '../../testing/kit.ts'
import { parseStrictJson } from './strict-json.ts'

const filled = (piece: string, bytes: number, open: string, close: string) =>
  open + piece.repeat(Math.floor((bytes - open.length - close.length) / piece.length)) + close

const worst: Record<string, (bytes: number) => string> = {
  'empty arrays': (bytes) => filled('[],', bytes, '[', '[]]'),
  'empty objects': (bytes) => filled('{},', bytes, '[', '{}]'),
  numbers: (bytes) => filled('1,', bytes, '[', '1]'),
  'nested arrays': (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'arrays that are not closed': (bytes) => '['.repeat(bytes),
  'objects that are not closed': (bytes) => filled('{"a":', bytes, '', ''),
  'many names': (bytes) => `{${Array.from({ length: bytes / 12 }, (_, number) => `"${number}":0`).join(',')}}`,
  'one name many times, escaped': (bytes) => filled('"\\u0061":0,', bytes, '{', '"a":0}'),
  'one long name': (bytes) => filled('a', bytes, '{"', '":0}'),
  'one long string': (bytes) => filled('a', bytes, '"', '"'),
  'one long number': (bytes) => '1'.repeat(bytes),
  backslashes: (bytes) => filled('\\\\', bytes, '"', '"'),
  'escaped quotes': (bytes) => filled('\\"', bytes, '"', '"'),
  'a string that does not end': (bytes) => filled('\\"', bytes, '"', ''),
  quotes: (bytes) => '"'.repeat(bytes),
  spaces: (bytes) => ' '.repeat(bytes),
  'brackets that close': (bytes) => ']'.repeat(bytes),
  'duplicates at the end of a deep path': (bytes) => filled('a', bytes, '{"a":{"', '":{"b":1,"b":2}}}'),
}

describe('no body blocks the event loop, whether the caller is authenticated or not:', () => {
  let call: Authority['call']
  const lifted: (() => unknown)[] = []
  before(async () => {
    call = (await startAuthority({ after: (end) => void lifted.push(end as () => unknown) })).call
  })
  after(async () => {
    for (const end of lifted) await end()
  })
  for (const [what, make] of Object.entries(worst)) {
    test(what, async () => {
      const body = make(limits.bodyBytes)
      const short = make(limits.unauthenticatedBodyBytes)
      for (let times = 0; times < 3; times++) {
        const refused = await call('POST', '/tags', { body })
        assert.ok(refused.status >= 400 && refused.status < 500, refused.text)
        const { status } = await call('POST', '/service-accounts/assume', { token: null, body: short })
        assert.ok(status >= 400 && status < 500)
      }
    })
  }
})

test('the maximum number of values in a body is exact', () => {
  const array = (count: number) =>
    Buffer.from(
      `[${Array(count - 1)
        .fill('0')
        .join(',')}]`,
    )
  assert.equal((parseStrictJson(array(limits.jsonValues)) as number[]).length, limits.jsonValues - 1)
  assert.throws(() => parseStrictJson(array(limits.jsonValues + 1)), /More than 20000 values/)
})

test('brackets, quotes and commas in strings are text', () => {
  const value = { 'a]},{[\\"': '[[[[[[[[[[[[[[{{{{', b: ['\\\\"', '\\', ',":"'] }
  assert.deepEqual(parseStrictJson(Buffer.from(JSON.stringify(value))), value)
})

test('an error is located by its pointer', () => {
  const cases: [text: string, pointer: string][] = [
    ['{"a":[0,{"b":1,"b":2}]}', '/a/1/b'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['[[],{"x":{"__proto__":1}}]', '/1/x/__proto__'],
    ['{"a/b":{"c~d":1,"c~d":2}}', '/a~1b/c~0d'],
    ['{"a":{"":1,"":2}}', '/a/'],
    [`{"k":[0,${'['.repeat(11)}`, `/k/1${'/0'.repeat(10)}`],
    ['{"a":"}","a":1}', '/a'],
  ]
  for (const [text, pointer] of cases)
    assert.throws(
      () => parseStrictJson(Buffer.from(text)),
      ({ faults }: { faults: { at: string }[] }) =>
        faults[0]?.at === pointer || assert.fail(`${text}: ${faults[0]?.at}`),
    )
})
