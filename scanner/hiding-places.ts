/** The byte strings that no token can do without, in each of the ways in which text is written down. */
import { mintMark, patterns } from '@mintmark/token'
import { Needles } from './needles.ts'

const headerLiteral = patterns(mintMark('scalr:')).headerLiteral

/** `{"iss":"` follows the header, whatever the mint mark; the last character would hold bits of the mark. */
export const tokenStart = `${headerLiteral}.${Buffer.from('{"iss":"').toString('base64url').slice(0, -1)}`

/** `wrapped` is a token that something breaks apart, such as the end of a line; `escaped` has characters written as codes. */
export type Writing = 'plain' | 'wrapped' | 'escaped' | 'utf-16' | 'base64' | 'hex' | 'decimal'

/** How the bytes around a needle are to be read. */
export type Notation = 'text' | 'utf-16' | 'base64' | 'hex' | 'decimal'

export interface HidingPlace {
  readonly notation: Notation
  readonly needle: Buffer
  /** How many characters of the token come before the needle, when nothing breaks it apart. */
  readonly offset: number
}

/** How often base64 may be written in base64, and still be found. */
export const base64LayersMax = 2

const pieceCharacters = 24
/** Where a piece of the start of a token begins. Lines of 36 characters and more leave one of them whole. */
const pieceStarts = [0, 12, tokenStart.length - pieceCharacters]

/** A line may end within the start of a token. Then one of its pieces, which overlap, is whole. */
const pieces = pieceStarts.map((start) => tokenStart.slice(start, start + pieceCharacters))

const codesOf = (text: string): number[] => [...Buffer.from(text)]
const hexOf = (code: number): string => code.toString(16).padStart(2, '0')
const bothCases = (text: string): string[] => [...new Set([text.toLowerCase(), upperHex(text)])]
/** Not of the letters that say what kind of code it is. */
const upperHex = (text: string): string => text.replace(/[0-9a-f]{2}(?![a-z])/g, (code) => code.toUpperCase())

/** The first characters, each written as a code: in URLs, in JSON, JavaScript and shell strings, in HTML and XML. */
const escapes = [
  (code: number) => `%${hexOf(code)}`,
  (code: number) => `=${hexOf(code)}`,
  (code: number) => `\\u00${hexOf(code)}`,
  (code: number) => `\\x${hexOf(code)}`,
  (code: number) => `&#x${hexOf(code)};`,
  (code: number) => `&#${code};`,
  (code: number) => `\\${code.toString(8).padStart(3, '0')}`,
].flatMap((codeOf) => bothCases(codesOf(tokenStart.slice(0, 8)).map(codeOf).join('')))

/** Bytes as numbers: as one run, with something between them, as the elements of an array. */
const hexPieces = pieces.map((piece) => codesOf(piece.slice(0, 12)).map(hexOf).join(''))
const hexBytes = [' ', ':', ', 0x', ',0x', '-'].map((between) =>
  codesOf(tokenStart.slice(0, 9)).map(hexOf).join(between),
)
const decimals = [',', ', ', ' '].map((between) => codesOf(tokenStart.slice(0, 10)).join(between))

/**
 * Base64 writes three bytes as four characters, so a text has three spellings there, by where in a three it starts. Only
 * whole fours are taken, so a needle starts where a four starts.
 */
const spellings = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const rest = bytes.subarray(before)
    return rest.subarray(0, rest.length - (rest.length % 3)).toString('base64')
  })

/** Several, which overlap: a line may end within one of them, and then another is whole. They start where fours do. */
const inPieces = (text: string): string[] => [0, 20, 36].map((start) => text.slice(start, start + pieceCharacters))

/** Each layer of base64 is looked for in the pieces of the layer below. */
const layers = [spellings(Buffer.from(tokenStart)).flatMap((text) => inPieces(text))]
while (layers.length < base64LayersMax) layers.push(layers.at(-1)!.flatMap((text) => spellings(Buffer.from(text))))

/** As PowerShell takes commands. */
const wide = Buffer.from(tokenStart, 'utf16le')

const placesOf = (notation: Notation, texts: readonly string[], offsets: readonly number[] = []): HidingPlace[] =>
  texts.map((text, at) => ({ notation, needle: Buffer.from(text), offset: offsets[at] ?? 0 }))

const places: readonly HidingPlace[] = [
  ...placesOf('text', pieces, pieceStarts),
  ...placesOf('text', escapes),
  // Without the last zero byte it lies in both byte orders.
  ...pieces.map((text, at) => ({
    notation: 'utf-16' as const,
    needle: Buffer.from(text, 'utf16le').subarray(0, -1),
    offset: pieceStarts[at]!,
  })),
  ...placesOf('base64', layers.flat()),
  ...placesOf('base64', spellings(wide).flatMap(inPieces)),
  ...placesOf('hex', [...hexPieces, ...hexBytes].flatMap(bothCases)),
  ...placesOf('decimal', decimals),
]

export const needles = new Needles(places.map(({ needle }) => needle))

export const placeOf = (which: number): HidingPlace | undefined => places[which]
