/** The byte strings that no token can do without, in each of the ways in which text is written down. */
import { mintMark, patterns } from '@mintmark/token'
import { Needles } from './needles.ts'

export const headerLiteral = patterns(mintMark('scalr:')).headerLiteral

/** `{"iss":"` follows the header, whatever the mint mark; the last character would hold bits of the mark. */
const start = `${headerLiteral}.${Buffer.from('{"iss":"').toString('base64url').slice(0, -1)}`

export type Writing = 'plain' | 'utf-16' | 'base64'

const groupCharacters = 28

const writings: readonly { readonly writing: Writing; readonly needle: Buffer }[] = [
  { writing: 'plain', needle: Buffer.from(start) },
  // Without the last zero byte it lies in both byte orders.
  { writing: 'utf-16', needle: Buffer.from(start, 'utf16le').subarray(0, -1) },
  ...[0, 1, 2].flatMap(base64Needles),
]

export const needles = new Needles(writings.map(({ needle }) => needle))
export const needleBytesMax = Math.max(...writings.map(({ needle }) => needle.length))

export const writingOf = (which: number): Writing | undefined => writings[which]?.writing

/** `1f 8b 08`, with which gzip starts, in base64. */
export const gzipInBase64 = Buffer.from('H4sI')
/** Without its first byte, which programs of x86-64 are full of: so it is found three times as fast. */
const gzipTail = gzipInBase64.subarray(1)

/** Where gzip in base64 begins next, from `from` to before `end`; -1 when nowhere. */
export function nextGzipInBase64(bytes: Buffer, from: number, end: number): number {
  const searched = end < bytes.length ? bytes.subarray(0, end) : bytes
  for (let at = from; ; ) {
    const tail = searched.indexOf(gzipTail, at + 1)
    if (tail < 0) return -1
    if (bytes[tail - 1] === gzipInBase64[0]) return tail - 1
    at = tail
  }
}

/**
 * Base64 writes three bytes as four characters, so a token has three spellings there, by where in a three it starts. Two
 * needles for each, one after the other: a line may end within one of them, and then the other is whole.
 */
function base64Needles(bytesBefore: number): { writing: Writing; needle: Buffer }[] {
  const plain = Buffer.from(start).subarray(bytesBefore).toString('base64')
  // As PowerShell takes commands, in one line.
  const wide = Buffer.from(start, 'utf16le').subarray(bytesBefore).toString('base64')
  const needle = (text: string, from: number) => Buffer.from(text.slice(from, from + groupCharacters))
  return [needle(plain, 0), needle(plain, groupCharacters), needle(wide, 0)].map((each) => ({
    writing: 'base64',
    needle: each,
  }))
}
