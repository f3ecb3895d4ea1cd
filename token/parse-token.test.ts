/** Strings that parseToken rejects: other encodings of a token, damaged tokens, and other input. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerLiteral, mintMark } from './mint-mark.ts'
import { type SeededNumbers, seededNumbers } from './seeded-numbers.ts'
import { isSignedBy, looksLikeToken, parseToken, signCompact } from './token.ts'
import { sampleKey, sampleToken } from './token-samples.ts'

const mark = mintMark('scalr:7k2m9q')
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const spaces = [' ', '\n', '\r\n', '\t', '\0', '\u00a0', '\ufeff', '\ud800']

type Damage = (token: string, numbers: SeededNumbers) => string

const cut = (token: string, at: number, removed: number, put = '') =>
  token.slice(0, at) + put + token.slice(at + removed)
const somewhere = (token: string, numbers: SeededNumbers) => numbers.below(token.length)
const parts = (token: string) => token.split('.') as [header: string, payload: string, signature: string]

/** Changes that make the format invalid. */
const breaking: Record<string, Damage> = {
  'end cut off': (token, numbers) => token.slice(0, somewhere(token, numbers)),
  'start cut off': (token, numbers) => token.slice(1 + somewhere(token, numbers)),
  'character lost': (token, numbers) => cut(token, somewhere(token, numbers), 1),
  'character added': (token, numbers) => cut(token, somewhere(token, numbers), 0, numbers.pick(alphabet)),
  padding: (token, numbers) =>
    cut(token, numbers.pick([36, token.length - 44, token.length]), 0, numbers.pick(['=', '=='])),
  'space before': (token, numbers) => numbers.pick(spaces) + token,
  'space after': (token, numbers) => token + numbers.pick(spaces),
  'space within': (token, numbers) => cut(token, somewhere(token, numbers), 0, numbers.pick(spaces)),
  'space instead': (token, numbers) => cut(token, somewhere(token, numbers), 1, numbers.pick(spaces)),
  'plain base64': (token, numbers) => cut(token, somewhere(token, numbers), 1, numbers.pick('+/=')),
  'dot added': (token, numbers) => cut(token, somewhere(token, numbers), 0, '.'),
  'high bit flipped': (token, numbers) => flip(token, somewhere(token, numbers), 0x80),
  'parts swapped': (token, numbers) => {
    const [header, payload, signature] = parts(token)
    return numbers
      .pick([
        [payload, header, signature],
        [header, signature, payload],
        [signature, payload, header],
      ])
      .join('.')
  },
  'stray bits at the end': (token, numbers) => {
    const stray = alphabet.indexOf(token.slice(-1)) ^ (1 + numbers.below(3))
    return token.slice(0, -1) + alphabet[stray]!
  },
  'header bit flipped': (token, numbers) => flip(token, numbers.below(37), 1 << numbers.below(7)),
}

/** Changes that may keep the format valid but invalidate the signature. */
const forging: Record<string, Damage> = {
  'bit flipped': (token, numbers) => flip(token, somewhere(token, numbers), 1 << numbers.below(8)),
  'character replaced': (token, numbers) => cut(token, somewhere(token, numbers), 1, numbers.pick(alphabet)),
  'signature of another': (token, numbers) =>
    [...parts(token).slice(0, 2), parts(sampleToken(mark, numbers).open())[2]].join('.'),
  'payload of another': (token, numbers) => {
    const [header, , signature] = parts(token)
    return [header, parts(sampleToken(mark, numbers).open())[1], signature].join('.')
  },
  'payload bit flipped': (token, numbers) => {
    const [header, payload, signature] = parts(token)
    const bytes = Buffer.from(payload, 'base64url')
    const at = numbers.below(bytes.length)
    bytes[at] = bytes[at]! ^ (1 << numbers.below(8))
    return [header, bytes.toString('base64url'), signature].join('.')
  },
}

test('20,000 damaged tokens are rejected, by format or by signature', () => {
  const numbers = seededNumbers(3)
  const damages = [...Object.entries(breaking), ...Object.entries(forging)]
  let whole = 0
  for (let i = 0; i < 20_000; i++) {
    const token = sampleToken(mark, numbers).open()
    const [what, damage] = damages[i % damages.length]!
    let damaged = damage(token, numbers)
    while (damaged === token) damaged = damage(token, numbers)
    const parsed = parseToken(damaged)
    if (what in breaking) assert.equal(parsed, undefined, `${what}: ${JSON.stringify(damaged)}`)
    else if (parsed) whole++
    assert.ok(!isSignedBy(damaged, sampleKey), `${what}: ${JSON.stringify(damaged)}`)
  }
  assert.ok(whole > 1000, 'the signature had too little to do')
})

const id = 'at-v0o00000000000000'
const sec = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const right = `{"iss":"scalr:x","jti":"${id}","gen":1,"sec":"${sec}"}`

// biome-ignore format: one line per case is easier to read
const otherPayloads = [
  '', 'null', 'true', '1', '"text"', '[]', '{}', '{', '[[[[[[[[', `[${right}]`, ` ${right}`, `${right} `, `${right}\n`, `\ufeff${right}`,
  right.replace('"gen":1', '"gen": 1'), right.replace('"gen":1', '"gen":"1"'), right.replace('"gen":1', '"gen":1.0'),
  right.replace('"gen":1', '"gen":1e0'), right.replace('"gen":1', '"gen":01'), right.replace('"gen":1', '"gen":0'),
  right.replace('"gen":1', '"gen":-1'), right.replace('"gen":1', '"gen":1.5'), right.replace('"gen":1', '"gen":9007199254740992'),
  right.replace('"gen":1', '"gen":null'), right.replace('"gen":1', '"gen":[1]'), right.replace('"gen":1', '"gen":1,"gen":1'),
  right.replace('"gen":1', '"gen":1,"exp":1'), right.replace('"gen":1,', ''), right.replace('{', '{"__proto__":{},'),
  right.replace('scalr:x', 'scalr\\u003ax'), right.replace('scalr:x', 'scalr-x'), right.replace('scalr:x', 'abc'),
  right.replace('scalr:x', 'é-mark'), right.replace('scalr:x', '\\ud800mark'), right.replace('scalr:x', ''), right.replace('"scalr:x"', '7'),
  right.replace('"scalr:x"', '{}'), right.replace(id, 'at-0'), right.replace(id, `${id}00`), right.replace(id, id.replace('at', 'us')), right.replace(id, `x${id}`),
  right.replace(id, `${id.slice(0, -1)}w`), right.replace(`"${id}"`, '1'), right.replace(sec, sec.slice(1)), right.replace(sec, `${sec}A`),
  right.replace(sec, `+${sec.slice(1)}`), right.replace(sec, `${sec.slice(1)}=`), right.replace(`"${sec}"`, 'null'),
  `{"jti":"${id}","iss":"scalr:x","gen":1,"sec":"${sec}"}`, `{"iss":"scalr:x","jti":"${id}","sec":"${sec}","gen":1}`,
]

test('a correctly signed token with any other payload is rejected', () => {
  assert.ok(parseToken(signed(right)))
  for (const payload of otherPayloads) {
    assert.notEqual(payload, right)
    assert.equal(parseToken(signed(payload)), undefined, payload)
  }
})

test('a payload that is not UTF-8 or not canonical base64url is rejected', () => {
  const bytes = Buffer.from(right)
  bytes[10] = 0xff
  assert.equal(parseToken(signed(bytes)), undefined)
  const stray = Buffer.from(right).toString('base64url')
  assert.notEqual(stray.length % 4, 0)
  assert.ok(parseToken(sign(stray)))
  assert.equal(parseToken(sign(stray.slice(0, -1) + alphabet[alphabet.indexOf(stray.slice(-1)) ^ 1]!)), undefined)
})

test('parseToken and looksLikeToken never throw', () => {
  const numbers = seededNumbers(4)
  const signature = 'A'.repeat(43)
  for (let i = 0; i < 20_000; i++) {
    const units = Array.from({ length: numbers.below(300) }, () => numbers.below(0x10000))
    const garbage = String.fromCharCode(...units)
    const json = JSON.stringify({ iss: garbage.slice(0, 20), jti: id, gen: i, sec: garbage.slice(0, 32) })
    const payload = numbers.pick([
      garbage,
      Buffer.from(garbage).toString('base64url'),
      Buffer.from(json).toString('base64url'),
    ])
    for (const text of [
      garbage,
      `${headerLiteral}.${payload}.${signature}`,
      `${headerLiteral}.${payload}.${garbage}`,
    ]) {
      assert.equal(parseToken(text), undefined)
      assert.equal(typeof looksLikeToken(text), 'boolean')
    }
  }
  for (const text of [
    '',
    '.',
    '..',
    '\0',
    '\ud800',
    `${headerLiteral}.`,
    `${headerLiteral}..${signature}`,
    '.'.repeat(1e6),
  ]) {
    assert.equal(parseToken(text), undefined)
  }
})

const signed = (payload: string | Buffer): string => sign(Buffer.from(payload as string).toString('base64url'))

function sign(payload: string): string {
  const signingInput = `${headerLiteral}.${payload}`
  return `${signingInput}.${signCompact(signingInput, sampleKey)}`
}

function flip(text: string, at: number, bits: number): string {
  return cut(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ bits))
}
