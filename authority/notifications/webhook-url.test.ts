import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOfUrl } from './webhook-url.ts'

const valid = ['https://host', 'https://host:8443/a?b=c', 'https://localhost.example.com/', 'https://8.8.8.8/']
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
  'https://169.254.169.254/latest',
  'https://0.0.0.0/',
  'https://[fe80::1]/',
  'https://user:word@host/',
  'https://user@host/',
]

const onlyIfPrivate = [
  'http://localhost:1/',
  'http://127.0.0.1/',
  'http://[::1]:80/',
  'https://localhost/',
  'https://a.localhost./',
  'https://10.0.0.1/',
  'https://192.168.1.1:8443/',
  'https://0x7f.1/',
  'https://[fd00::1]/',
  'https://[::ffff:10.0.0.1]/',
]

for (const url of valid) test(`${url} is a valid webhook URL`, () => assert.equal(faultOfUrl(url, false), undefined))
for (const url of invalid)
  test(`${url || 'an empty string'} is rejected, whatever the setting`, () => {
    for (const allowPrivate of [false, true]) assert.match(faultOfUrl(url, allowPrivate) ?? '', /^Expected /)
  })
for (const url of onlyIfPrivate)
  test(`${url} is rejected unless MINTMARK_WEBHOOK_PRIVATE allows it`, () => {
    assert.match(faultOfUrl(url, false) ?? '', /^Expected a public address.* MINTMARK_WEBHOOK_PRIVATE=true/)
    assert.equal(faultOfUrl(url, true), undefined)
  })
