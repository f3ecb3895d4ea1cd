import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEmailAddress } from './index.ts'

const good = [
  'ann@example.com',
  'Ann.O-Connor+tokens@mail.example.co.uk',
  "o'brien@example.com",
  'owner@localhost',
  'root@xn--e1afmkfd.example',
  'ünal@example.com',
  'u\u0308nal@example.com',
  'иван@почта.example',
  'δοκιμή@example.com',
  '用户@例え.example',
  'user1ユーザー@example.com',
  '사용자@example.com',
]

test('a plain address in any single script is accepted', () => {
  for (const address of good) assert.equal(isEmailAddress(address), true, address)
})

const bad: Record<string, string> = {
  'a@x.example,b@evil.example': 'a list',
  'a@x.example;b@evil.example': 'a list with semicolons',
  'a@x.example b@evil.example': 'two with a space',
  '"x" <b@evil.example>': 'a name and an address',
  '<b@evil.example>': 'angle brackets',
  'group: a@x.example;': 'group syntax',
  '"a b"@x.example': 'a quoted string',
  '""@x.example': 'an empty quoted string',
  'a(comment)@x.example': 'a comment',
  'a@[192.0.2.1]': 'an address literal',
  'a@b@x.example': 'two @',
  'a%b@x.example': 'a percent sign, which a relay may read as @',
  'a\\b@x.example': 'a backslash',
  '': 'nothing',
  '@x.example': 'no local part',
  'a@': 'no host',
  'a@.example': 'an empty label',
  'a@x..example': 'an empty label between',
  'a@x.example.': 'a trailing dot',
  'a@-x.example': 'a label that begins with a hyphen',
  'a@x_y.example': 'an underscore in a host',
  '.a@x.example': 'a leading dot',
  'a..b@x.example': 'two dots',
  'a@x.example ': 'a trailing space',
  ' a@x.example': 'a leading space',
  'a\u00a0b@x.example': 'a no-break space',
  'a\u3000@x.example': 'an ideographic space',
  'a\r\nBcc: b@x.example': 'a line break',
  'a\u0000@x.example': 'NUL',
  'a\u200b@x.example': 'a zero-width space',
  'a\u200d@x.example': 'a zero-width joiner',
  'a\u00ad@x.example': 'a soft hyphen',
  'a\ufeff@x.example': 'a byte order mark',
  'a\u202e@x.example': 'a right-to-left override',
  'a\u2066@x.example': 'a bidirectional isolate',
  'a\ufe0f@x.example': 'a variation selector',
  'a\u034f@x.example': 'a combining grapheme joiner',
  'a\u3164@x.example': 'a Hangul filler',
  'a\ue000@x.example': 'a private-use character',
  'a\ud800@x.example': 'half a surrogate pair',
  'аdmin@x.example': 'a Cyrillic letter among Latin ones',
  'admin@eхample.com': 'the same in a host',
  'αdmin@x.example': 'a Greek letter among Latin ones',
  'ａ＠x.example': 'a full-width at sign',
  'a＠x.example': 'a full-width at sign after a Latin letter',
  [`${'a'.repeat(65)}@x.example`]: 'a local part over 64 characters',
  [`a@${'b'.repeat(64)}.example`]: 'a label over 63 characters',
  [`a@${'b.'.repeat(130)}example`]: 'over 254 characters',
}

test('anything other than one plain address is rejected', () => {
  for (const [address, what] of Object.entries(bad))
    assert.equal(isEmailAddress(address), false, `${what}: ${JSON.stringify(address)}`)
})
