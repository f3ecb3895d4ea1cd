import { readToken, type TokenFound } from './read-token.ts'
import { base64Only } from './separators.ts'
import {
  base64LayersMax,
  type EncodedPattern,
  patternAt,
  tokenPatterns,
  tokenStart,
  type Writing,
} from './token-patterns.ts'

export type { TokenFound } from './read-token.ts'

/** Maximum length of a token in any supported encoding. */
export const spanBytesMax = 4 * 1024
/** Maximum distance from the start of a token to a pattern. */
export const spanBytesBefore = 256
/** Less for base64 and hex, so that no other token fits into it. */
const encodedBytesBefore = 160
/** Maximum length of an encoded token: nested base64 in lines, or separated numbers. */
const encodedBytesMax = { base64: 1_536, hex: spanBytesMax, decimal: spanBytesMax } as const
/** Maximum of patterns to try in decoded bytes, those of one token. */
const triesMax = 4
/** Fewer if each needs further decoding. */
const decodingsMax = 2
/** Maximum of characters before a pattern to try as the start of a token. */
const startsMax = 8

export type TokenAt = TokenFound & {
  /** Offset of the token, or of the pattern if it is encoded. */
  readonly start: number
  readonly writing: Writing
  /** Encodings within the outermost one, outermost first. */
  readonly within: readonly Writing[]
}

/** Returns the token of the pattern at `at`, or undefined. `layer` is the number of decoded layers so far. */
export function tokenAt(
  bytes: Buffer,
  at: number,
  end: number,
  pattern: EncodedPattern,
  layer = 0,
): TokenAt | undefined {
  const { notation, offset } = pattern
  if (notation === 'text') return tokenInText(bytes, at, end, offset)
  if (notation === 'utf-16') return tokenInWideText(bytes, at, end, offset)
  if (layer >= base64LayersMax) return undefined
  const before = bytes.toString('latin1', Math.max(0, at - encodedBytesBefore), at)
  const after = bytes.toString('latin1', at, Math.min(end, at + encodedBytesMax[notation]))
  const found = tokenInside(decoders[notation](before, after), layer + 1)
  return found && { ...found, start: at, writing: notation, within: withoutPlain([found.writing, ...found.within]) }
}

const withoutPlain = (writings: readonly Writing[]): Writing[] => writings.filter((each) => each !== 'plain')

function tokenInText(bytes: Buffer, at: number, end: number, offset: number): TokenAt | undefined {
  const from = offset === 0 ? at : Math.max(0, at - spanBytesBefore)
  const found = tokenBefore(bytes.toString('latin1', from, Math.min(end, at + spanBytesMax)), at - from, offset)
  return found && { ...found, start: from + found.start, within: [] }
}

function tokenInWideText(bytes: Buffer, at: number, end: number, offset: number): TokenAt | undefined {
  const from = offset === 0 ? at : at - 2 * Math.floor(Math.min(at, spanBytesBefore) / 2)
  const text = everySecond(bytes.subarray(from, Math.min(end, at + spanBytesMax))).toString('latin1')
  const found = tokenBefore(text, (at - from) / 2, offset)
  if (!found) return undefined
  return { ...found, start: from + 2 * found.start, writing: 'utf-16', within: withoutPlain([found.writing]) }
}

/** Returns the token that starts at `at`, or that starts before it and contains it. */
function tokenBefore(text: string, at: number, offset: number) {
  if (offset === 0) {
    const found = readToken(text, at)
    return found && { ...found, start: at }
  }
  // Not wrapped up to here, so it was found at its start.
  if (text.endsWith(tokenStart.slice(0, offset), at)) return undefined
  for (let start = at - 1, tries = 0; start >= 0 && tries < startsMax; start--) {
    if (!mayStart(text, start)) continue
    tries += 1
    const found = readToken(text, start)
    if (found) return { ...found, start }
  }
  return undefined
}

/** `ey`, or an `e` before a separator. */
const mayStart = (text: string, at: number) => text[at] === 'e' && /^(?:y|\W)/.test(text.slice(at + 1, at + 2))

function tokenInside(bytes: Buffer, layer: number): TokenAt | undefined {
  let decodings = 0
  for (let at = 0, tries = 0; tries < triesMax; at++, tries++) {
    at = tokenPatterns.next(bytes, at, bytes.length)
    const pattern = at < 0 ? undefined : patternAt(tokenPatterns.indexAt(bytes, at, bytes.length))
    if (!pattern) return undefined
    if (pattern.notation !== 'text' && pattern.notation !== 'utf-16' && ++decodings > decodingsMax) return undefined
    const found = tokenAt(bytes, at, bytes.length, pattern, layer)
    if (found) return found
  }
  return undefined
}

const decoders = { base64: fromBase64, hex: fromHex, decimal: fromDecimal } as const

function everySecond(bytes: Buffer): Buffer {
  const half = Buffer.alloc(Math.ceil(bytes.length / 2))
  for (let at = 0; at < half.length; at++) {
    // A high byte other than zero is a different character and ends the token.
    half[at] = (bytes[2 * at + 1] ?? 0) === 0 ? bytes[2 * at]! : 0
  }
  return half
}

/** Patterns start at groups of four base64 characters, so the text before and after can be decoded in groups. */
function fromBase64(before: string, after: string): Buffer {
  const characters = /[\w+/-]{0,160}$/.exec(base64Only(before))?.[0] ?? ''
  return Buffer.from(characters.slice(characters.length % 4) + base64Only(after), 'base64')
}

function fromHex(before: string, after: string): Buffer {
  const digits = /[0-9a-f]{0,160}$/i.exec(hexOnly(before))?.[0] ?? ''
  return Buffer.from(digits.slice(digits.length % 2) + hexOnly(after), 'hex')
}

const hexOnly = (text: string): string => text.replace(/0x|\\{1,8}[nrt]|["'\s:,-]/gi, '')

function fromDecimal(_: string, after: string): Buffer {
  const numbers = /^(?:[0-9]{1,3}[\s,]{1,40}){0,1000}[0-9]{1,3}/.exec(after)?.[0].match(/[0-9]{1,3}/g) ?? []
  return Buffer.from(numbers.map(Number))
}
