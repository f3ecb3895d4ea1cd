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

export const writingOf = (which: number): Writing | undefined => writings[which]?.writing

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
