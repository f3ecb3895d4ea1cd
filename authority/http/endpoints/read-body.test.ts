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
]

test('a form is parsed as URLSearchParams parses it', () => {
  for (const form of forms) assert.equal(formOf(form).get('token'), new URLSearchParams(form).get('token'), form)
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
