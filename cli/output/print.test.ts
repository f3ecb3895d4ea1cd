import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tags, teams } from '@mintmark/contract'
import { plain, printJson, when } from './print.ts'
import { labelled, table } from './table.ts'
import { toJson } from './to-json.ts'

test("a server's text cannot move the cursor, color the screen or change the direction of text", () => {
  const evil = 'a\u001b[2J\u0007\u009b31m\u202eb\u2066\u200f\u0000c\r\nd\te'
  assert.equal(plain(evil), 'a\ufffd[2J\ufffd\ufffd31m\ufffdb\ufffd\ufffd\ufffdc d e')
  assert.doesNotMatch(table([evil], [[evil]], ''), /[^\P{Cc}\n]|\p{Cf}/u)
  assert.doesNotMatch(labelled([['Name', evil]]), /[^\P{Cc}\n]|\p{Cf}/u)
})

test('JSON output escapes terminal control characters and keeps the value', (t) => {
  const evil = { name: 'a\u001b\u009b\u202e\u007f\n"b' }
  let printed = ''
  const write = t.mock.method(process.stdout, 'write', (text: string) => {
    printed += text
    return true
  })
  printJson(evil)
  write.mock.restore()
  assert.doesNotMatch(printed, /[^\P{Cc}\n]|\p{Cf}/u)
  assert.deepEqual(JSON.parse(printed), evil)
})

test('times are printed to the minute, and missing ones as text', () => {
  assert.equal(when('2030-01-31T12:34:56.789Z', 'never'), '2030-01-31 12:34 UTC')
  assert.equal(when(null, 'never'), 'never')
})

test("JSON output has the API's names, and IDs for relations", () => {
  const team = {
    id: 'team-1',
    name: 'ops',
    description: null,
    accountId: 'acc-1',
    identityProviderId: null,
    users: ['u'],
  }
  assert.deepEqual(toJson(teams, team), {
    id: 'team-1',
    name: 'ops',
    description: null,
    account: 'acc-1',
    'identity-provider': null,
    users: ['u'],
  })
  assert.deepEqual(toJson(tags, { id: 'tag-1' }), { id: 'tag-1' })
})
