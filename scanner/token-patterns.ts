/** Byte strings that every token contains, in each supported encoding. */
import { mintMark, patterns } from '@mintmark/token'
import { PatternSearch } from './pattern-search.ts'

const headerLiteral = patterns(mintMark('scalr:')).headerLiteral

/** The start of every token. Without the last character of `{"iss":"`, which contains bits of the mint mark. */
export const tokenStart = `${headerLiteral}.${Buffer.from('{"iss":"').toString('base64url').slice(0, -1)}`

/** `wrapped`: interrupted, for example by line ends. `escaped`: some characters are written as escapes. */
export type Writing = 'plain' | 'wrapped' | 'escaped' | 'utf-16' | 'base64' | 'hex' | 'decimal'

/** How to decode the bytes around a pattern. */
export type Notation = 'text' | 'utf-16' | 'base64' | 'hex' | 'decimal'

export interface EncodedPattern {
  readonly notation: Notation
  readonly pattern: Buffer
  /** Number of the token's characters before the pattern, if it is not wrapped. */
  readonly offset: number
}

/** Maximum of nested base64 layers. */
export const base64LayersMax = 2

const pieceCharacters = 24
/** Offsets of the pieces of a token's start. Lines of 36 characters and more contain at least one whole piece. */
const pieceStarts = [0, 12, tokenStart.length - pieceCharacters]

/** Overlapping pieces, one of which is whole if a line ends within the start of a token. */
const pieces = pieceStarts.map((start) => tokenStart.slice(start, start + pieceCharacters))

const codesOf = (text: string): number[] => [...Buffer.from(text)]
const hexOf = (code: number): string => code.toString(16).padStart(2, '0')
const bothCases = (text: string): string[] => [...new Set([text.toLowerCase(), upperHex(text)])]
/** Converts hex digits to upper case, but not the letters that introduce an escape. */
const upperHex = (text: string): string => text.replace(/[0-9a-f]{2}(?![a-z])/g, (code) => code.toUpperCase())

/** The first characters as escapes in URLs, in JSON, JavaScript and shell strings, and in HTML and XML. */
const escapes = [
  (code: number) => `%${hexOf(code)}`,
  (code: number) => `=${hexOf(code)}`,
  (code: number) => `\\u00${hexOf(code)}`,
  (code: number) => `\\x${hexOf(code)}`,
  (code: number) => `&#x${hexOf(code)};`,
  (code: number) => `&#${code};`,
  (code: number) => `\\${code.toString(8).padStart(3, '0')}`,
].flatMap((codeOf) => bothCases(codesOf(tokenStart.slice(0, 8)).map(codeOf).join('')))

/** Bytes as numbers: consecutive, separated, or as elements of an array. */
const hexPieces = pieces.map((piece) => codesOf(piece.slice(0, 12)).map(hexOf).join(''))
const hexBytes = [' ', ':', ', 0x', ',0x', '-'].map((between) =>
  codesOf(tokenStart.slice(0, 9)).map(hexOf).join(between),
)
const decimals = [',', ', ', ' '].map((between) => codesOf(tokenStart.slice(0, 10)).join(between))

/**
 * Base64 encodes three bytes as four characters, so a text has three encodings, depending on its offset. Only whole groups
 * of four are used, so that a pattern starts at a group.
 */
const spellings = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const rest = bytes.subarray(before)
    return rest.subarray(0, rest.length - (rest.length % 3)).toString('base64')
  })

/** Overlapping pieces that start at groups of four. If a line ends within one, another is whole. */
const inPieces = (text: string): string[] => [0, 20, 36].map((start) => text.slice(start, start + pieceCharacters))

/** The patterns of each base64 layer are the encodings of the pieces of the layer below. */
const layers = [spellings(Buffer.from(tokenStart)).flatMap((text) => inPieces(text))]
while (layers.length < base64LayersMax) layers.push(layers.at(-1)!.flatMap((text) => spellings(Buffer.from(text))))

/** UTF-16, as in PowerShell's encoded commands. */
const wide = Buffer.from(tokenStart, 'utf16le')

const encodedPatternsOf = (
  notation: Notation,
  texts: readonly string[],
  offsets: readonly number[] = [],
): EncodedPattern[] => texts.map((text, at) => ({ notation, pattern: Buffer.from(text), offset: offsets[at] ?? 0 }))

const encodedPatterns: readonly EncodedPattern[] = [
  ...encodedPatternsOf('text', pieces, pieceStarts),
  ...encodedPatternsOf('text', escapes),
  // Without the last zero byte, it is found in both byte orders.
  ...pieces.map((text, at) => ({
    notation: 'utf-16' as const,
    pattern: Buffer.from(text, 'utf16le').subarray(0, -1),
    offset: pieceStarts[at]!,
  })),
  ...encodedPatternsOf('base64', layers.flat()),
  ...encodedPatternsOf('base64', spellings(wide).flatMap(inPieces)),
  ...encodedPatternsOf('hex', [...hexPieces, ...hexBytes].flatMap(bothCases)),
  ...encodedPatternsOf('decimal', decimals),
]

export const tokenPatterns = new PatternSearch(encodedPatterns.map(({ pattern }) => pattern))

export const patternAt = (index: number): EncodedPattern | undefined => encodedPatterns[index]
