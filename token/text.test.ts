import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeText, InvalidText } from './text.ts'

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))

test('UTF-8 text is read, with or without a byte order mark', () => {
  for (const text of ['', 'plain', 'Ünal, ключ, 鍵, 🔑', '\u0000', '\u{10ffff}', 'a\ufeffb'])
    for (const mark of ['', '\ufeff']) assert.equal(decodeText(bytes(mark, text)), text)
})

test('text that is not UTF-8 is rejected with the offset and line of its first invalid byte', () => {
  const cases: [text: Buffer, says: string][] = [
    [Buffer.from('{"name":"Jürgen"}', 'latin1'), 'byte 0xfc at offset 10 (line 1)'],
    [bytes('one\ntwo\nü', 0xfc), 'byte 0xfc at offset 10 (line 3)'],
    [bytes('a', 0x80), 'byte 0x80 at offset 1 (line 1)'],
    [bytes(0xc3), 'byte 0xc3 at offset 0 (line 1)'],
    [bytes('ab', 0xe2, 0x82), 'byte 0xe2 at offset 2 (line 1)'],
    [bytes(0xe9, ' x'), 'byte 0xe9 at offset 0 (line 1)'],
    // Overlong, surrogate, beyond Unicode.
    [bytes(0xc0, 0xaf), 'byte 0xc0 at offset 0 (line 1)'],
    [bytes(0xe0, 0x80, 0xaf), 'byte 0xe0 at offset 0 (line 1)'],
    [bytes(0xed, 0xa0, 0x80), 'byte 0xed at offset 0 (line 1)'],
    [bytes(0xf4, 0x90, 0x80, 0x80), 'byte 0xf4 at offset 0 (line 1)'],
    [bytes(0xff, 0xfe, 'a', 0), 'UTF-16 (byte order mark at offset 0)'],
    [bytes(0xfe, 0xff, 0, 'a'), 'UTF-16 (byte order mark at offset 0)'],
  ]
  for (const [text, says] of cases)
    assert.throws(
      () => decodeText(text),
      (error: Error) => error instanceof InvalidText && error.message === `expected UTF-8, found ${says}`,
      says,
    )
})

test('every pair of bytes is accepted exactly if the platform decodes it as UTF-8', () => {
  for (let pair = 0; pair < 65_536; pair++) {
    const text = Buffer.of(0x61, pair >> 8, pair & 255)
    if (Buffer.from(text.toString('utf8')).equals(text)) assert.equal(decodeText(text), text.toString('utf8'))
    else assert.throws(() => decodeText(text), /at offset [12] /)
  }
})
