import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOfUrl } from './webhook-url.ts'

const valid = [
  'https://host',
  'https://host:8443/a?b=c',
  'http://localhost:1/',
  'http://127.0.0.1/',
  'http://[::1]:80/',
]
const invalid = [
  '',
  'host',
  '/path',
  'https://',
  'https:///',
  'ftp://host/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:,x',
  'http://host/',
  'http://127.0.0.1.host/',
  'http://localhost.host/',
  'http://10.0.0.1/',
  'https://user:word@host/',
  'https://user@host/',
]

for (const url of valid) test(`${url} is a valid webhook URL`, () => assert.equal(faultOfUrl(url), undefined))
for (const url of invalid)
  test(`${url || 'an empty string'} is rejected`, () => assert.match(faultOfUrl(url) ?? '', /^Expected /))
