import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@mintmark/contract'
import { measureAgain, turnMillisecondsMax } from '../../../testing/event-loop/turn-cpu.ts'
import { formOf } from './read-body.ts'

const forms = [
  '',
  'token',
  'token=',
  'token=a',
  'token=a&token=b',
  'x=1&token=a%20b+c&y',
  'tokens=a',
  'xtoken=a&token=b',
  '&&token=a',
  '%74oken=a',
  '%74%6f%6b%65%6e=a%26b',
  'to%6Ben=%C3%A9',
  't+oken=a',
  'token%=a',
  'token=%zz',
  'token=a=b&c',
  '=token&token=x',
  'token%00=a',
  '?token=a',
  'a=1&?token=a&%74oken=b',
]

test('a form is parsed as URLSearchParams parses it', () => {
  // Only the parser of a query removes a question mark at the start.
  for (const form of forms) assert.equal(formOf(form).get('token'), new URLSearchParams(`&${form}`).get('token'), form)
})

test('a form is parsed up to its thousandth member, so a form with very many members costs little', async () => {
  assert.equal(formOf(`${'x=1&'.repeat(999)}token=a`).get('token'), 'a')
  assert.equal(formOf(`${'x=1&'.repeat(1_000)}token=a`).get('token'), null)
  for (const member of ['&', 'a&', '%61&', 'x=1&']) {
    const form = member.repeat(limits.bodyBytes / member.length)
    const { value, longest } = await measureAgain(async () => formOf(form).get('token'))
    assert.equal(value, null)
    assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU for members such as ${member}`)
  }
})

test('a limited value is decoded up to the limit, so the worst value of 1 MiB costs little', async () => {
  assert.equal(formOf('token=abcdef&x').get('token', 3), 'abc')
  assert.equal(formOf('x=1&token=%41%42').get('token', 3), 'A')
  assert.equal(formOf('token=abc&x=1').get('token', 3), 'abc')
  for (const part of ['+', '+%', '%4+', '%41', 'é']) {
    const form = `token=${part.repeat(limits.bodyBytes / part.length)}`
    const { value, longest } = await measureAgain(async () => formOf(form).get('token', 65_536))
    assert.ok((value?.length ?? 0) >= 65_536 / 3 - 1, part)
    assert.ok(longest <= turnMillisecondsMax, `${longest} ms of CPU for ${part}`)
  }
})
