import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mintMark, patterns } from '@mintmark/token'
import { checkText } from './check-text.ts'

const of = patterns(mintMark('scalr:abc123'))
const part = (text: string) => Buffer.from(text).toString('base64url')
const payload = part(JSON.stringify({ iss: 'scalr:abc123', jti: 'at-000000000sample', gen: 1, sec: 'A'.repeat(32) }))
const token = `${of.headerLiteral}.${payload}.${'S'.repeat(43)}`
const check = (text: string, form: 'common' | 'strict' = 'common') => checkText(of, form, text)

test('a token is found alone, within text, and as often as it occurs', () => {
  assert.deepEqual(check(''), { is: 'empty' })
  assert.deepEqual(check(' \n'), { is: 'empty' })
  for (const form of ['common', 'strict'] as const) {
    assert.deepEqual(check(token, form), { is: 'found', times: 1 })
    assert.deepEqual(check(`TOKEN="${token}"\nexport T=${token}\n`, form), { is: 'found', times: 2 })
  }
})

test('the first missing part is named', () => {
  const missing = (text: string, form: 'common' | 'strict' = 'common') => {
    const found = check(text, form)
    return found.is === 'missing' ? found.part : found.is
  }
  assert.equal(missing('ghp_something'), 'header')
  assert.equal(missing(token.slice(1)), 'header')
  assert.equal(missing(`${of.headerLiteral}.${part('{"iss":"other"}')}.sig`), 'mark')
  assert.equal(missing(of.headerLiteral), 'mark')
  assert.equal(missing(`${of.headerLiteral}.${payload}`), 'signature')
  assert.equal(missing(`x${token}`), 'before')
  assert.equal(missing(token.slice(0, -5)), 'found', 'the standard pattern finds truncated tokens')
  assert.equal(missing(token.slice(0, -5), 'strict'), 'length')
  assert.equal(missing(`${token}more`, 'strict'), 'after')
})
