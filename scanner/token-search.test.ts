import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintMark, Secret } from '@mintmark/token'
import { seededNumbers } from '../token/seeded-numbers.ts'
import { leakContexts, sampleToken } from '../token/token-samples.ts'
import { findTokens, TokenSearch } from './token-search.ts'

const mark = mintMark('scalr:7k2m9q')
const numbers = seededNumbers(1)
const newToken = () => sampleToken(mark, numbers).open()

function found(...chunks: readonly (string | Uint8Array)[]) {
  const search = new TokenSearch()
  for (const chunk of chunks) search.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
  search.end()
  return search.found.map(({ token, writing, line, column }) => ({ token: token.open(), writing, line, column }))
}
const tokensIn = (...chunks: readonly (string | Uint8Array)[]) => found(...chunks).map(({ token }) => token)

test('a token is found completely in every context', () => {
  for (const context of leakContexts) {
    const token = newToken()
    assert.deepEqual(tokensIn(context(token)), [token])
  }
})

test('a found token has line, column, ID, issuer and last six characters', async () => {
  const token = sampleToken(mark, numbers)
  const hits = []
  for await (const each of findTokens([Buffer.from(`one\r\ntwo\r\n  token=${token.open()}\r\n`)])) hits.push(each)
  const [hit, ...more] = hits
  assert.ok(hit)
  assert.equal(more.length, 0)
  assert.ok(hit.token instanceof Secret)
  assert.deepEqual([hit.line, hit.column, hit.writing, hit.issuer], [3, 9, 'plain', 'scalr:7k2m9q'])
  assert.equal(hit.lastCharacters, token.open().slice(-6))
  assert.match(hit.tokenId, /^at-/)
  assert.equal(JSON.stringify(hit).includes(token.open().slice(37)), false)
})

test('a token that is split between two chunks is found at every offset', () => {
  const token = newToken()
  for (const text of [Buffer.from(`x=${token}\n`), Buffer.from(`x=${token}\n`, 'utf16le'), base64(`x=${token}\n`)])
    for (let at = 0; at <= text.length; at++)
      assert.deepEqual(tokensIn(text.subarray(0, at), text.subarray(at)), [token], `at ${at}`)
})

test('a token is found at every offset around the end of the buffer', () => {
  const token = newToken()
  for (let offset = 256 * 1024 - 1400; offset < 256 * 1024 + 200; offset += 7) {
    const [hit, ...more] = found(Buffer.alloc(offset, 'a\n'), `${token}\n`, Buffer.alloc(400_000, '-'))
    assert.deepEqual([hit?.token, more.length], [token, 0], `at ${offset}`)
    assert.equal(hit?.line, Math.floor(offset / 2) + 1)
  }
})

test('chunks of one byte make no difference', () => {
  const [one, other] = [newToken(), newToken()]
  const bytes = Buffer.from(`a=${one}\nb=${other}\n`)
  assert.deepEqual(tokensIn(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))), [one, other])
})

test('a token is found in UTF-16 of both byte orders', () => {
  const token = newToken()
  const little = Buffer.from(`\ufeffone\r\ntoken ${token}\r\n`, 'utf16le')
  const big = Buffer.from(little).swap16()
  assert.deepEqual(found(little), [{ token, writing: 'utf-16', line: 2, column: 7 }])
  assert.deepEqual(found(big), [{ token, writing: 'utf-16', line: 2, column: 7 }])
  assert.deepEqual(tokensIn(little.subarray(1)), [token])
})

test('a token is found in base64 at every offset and line length', () => {
  for (let before = 0; before < 9; before++) {
    const token = newToken()
    const text = Buffer.from(`${'x'.repeat(before)}${token}"}`)
    for (const written of [text.toString('base64'), text.toString('base64url')]) {
      assert.deepEqual(tokensIn(`data: ${written}\nnext: 1`), [token], `${before}`)
      for (const width of [57, 60, 64, 76, 77]) {
        for (const end of ['\n', '\r\n', '\n    ', '\\n']) {
          for (let first = 0; first < width; first += 5) {
            const lines = [
              written.slice(0, first),
              ...(written.slice(first).match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
            ]
            assert.deepEqual(
              tokensIn(`"${lines.join(end)}"`),
              [token],
              `${before} ${width} ${first} ${JSON.stringify(end)}`,
            )
          }
        }
      }
    }
  }
})

test('a token is found in UTF-16 in base64, as in PowerShell commands', () => {
  for (let before = 0; before < 7; before++) {
    const token = newToken()
    const command = Buffer.from(`${'x'.repeat(before)}${token}"`, 'utf16le').toString('base64')
    assert.deepEqual(tokensIn(`powershell -EncodedCommand ${command}\r\n`), [token], `${before}`)
  }
})

test('adjacent tokens are all found, each once', () => {
  const tokens = Array.from({ length: 300 }, newToken)
  assert.deepEqual(tokensIn(tokens.join('\n')), tokens)
  assert.deepEqual(tokensIn(base64(tokens.join(','))), tokens)
  assert.deepEqual(tokensIn(tokens.map((token) => base64(token)).join('\n')), tokens)
})

test('a search can be reused for another stream', () => {
  const token = newToken()
  const search = new TokenSearch()
  for (let turn = 0; turn < 3; turn++) {
    search.push(Buffer.from(`\n\n${token.slice(0, 100)}`))
    search.end()
    assert.deepEqual(search.found, [])
    search.push(Buffer.from(`${token.slice(100)}\n${token}\n`))
    search.end()
    assert.deepEqual(
      search.found.splice(0).map(({ line }) => line),
      [2],
    )
  }
})

test('a changed or truncated token is not found', () => {
  const token = newToken()
  const payload = token.slice(37, -44)
  for (const text of [
    token.slice(0, -1),
    token.slice(1),
    token.replace('.', ','),
    token.replace(payload, payload.slice(4)),
    token.replace(payload, payload.replace('eyJpc3MiOiJ', 'eyJpc3MiOiK')),
    token.toLowerCase(),
    'e\u0000yJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
  ])
    assert.deepEqual(tokensIn(text), [], text)
})

function base64(text: string): Buffer {
  return Buffer.from(Buffer.from(text).toString('base64'))
}
