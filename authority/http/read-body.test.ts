import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('a form is read as URLSearchParams reads it', () => {
  for (const form of forms) assert.equal(formOf(form).get('token'), new URLSearchParams(form).get('token'), form)
})
