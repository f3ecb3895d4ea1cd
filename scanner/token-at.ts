import { lastCharacters, parseToken, Secret } from '@mintmark/token'
import { headerLiteral, type Writing } from './hiding-places.ts'

/** No token is longer. */
const charactersMax = 512
/** How far one reaches in the longest way of writing it: UTF-16 in base64, in lines. */
export const spanBytesMax = 3 * charactersMax
/** How far before a needle in base64 its token may begin. */
export const spanBytesBefore = 128

export interface TokenFound {
  readonly token: Secret
  readonly tokenId: string
  readonly issuer: string
  readonly lastCharacters: string
}

/** The token of which a needle was found at `at`; undefined when it is none. */
export function tokenAt(bytes: Buffer, at: number, end: number, writing: Writing): TokenFound | undefined {
  if (writing === 'base64') {
    const text = decodedAround(bytes, at, end)
    return tokenIn(text) ?? tokenIn(text.replaceAll('\0', ''))
  }
  const step = writing === 'utf-16' ? 2 : 1
  const last = Math.min(end, at + charactersMax * step)
  if (step === 1) return tokenIn(bytes.toString('latin1', at, last))
  return tokenIn(everySecond(bytes.subarray(at, last)).toString('latin1'))
}

/**
 * A letter before it or after it does not save it: `\ntoken` in JSON is an `n` and a token, and who finds them glued
 * to something can use them all the same. The shape is so strict that nothing else is taken for one.
 */
function tokenIn(text: string): TokenFound | undefined {
  const start = text.indexOf(headerLiteral)
  if (start < 0) return undefined
  shape.lastIndex = start + headerLiteral.length
  const rest = shape.exec(text)?.[0]
  if (rest === undefined) return undefined
  const spelled = headerLiteral + rest
  const parts = parseToken(spelled)
  if (!parts) return undefined
  const token = new Secret(Buffer.from(spelled, 'latin1'))
  return { token, tokenId: parts.id, issuer: parts.issuer, lastCharacters: lastCharacters(token) }
}

// 43 characters are the 32 bytes of an HMAC-SHA256.
const shape = /\.[\w-]{20,460}\.[\w-]{43}/y

function everySecond(bytes: Buffer): Buffer {
  const half = Buffer.alloc(Math.ceil(bytes.length / 2))
  for (let at = 0; at < half.length; at++) {
    // A high byte that is not zero is another character: it ends the token.
    half[at] = (bytes[2 * at + 1] ?? 0) === 0 ? bytes[2 * at]! : 0
  }
  return half
}

/** A needle starts where four characters of base64 start, so its neighbours can be read in fours in both directions. */
function decodedAround(bytes: Buffer, at: number, end: number): string {
  const before = alphabetOnly(bytes.toString('latin1', Math.max(0, at - spanBytesBefore), at))
  const after = alphabetOnly(bytes.toString('latin1', at, Math.min(end, at + spanBytesMax)))
  const characters = /[\w+/-]*$/.exec(before)?.[0] ?? ''
  const whole = characters.slice(characters.length % 4) + after
  return Buffer.from(whole, 'base64').toString('latin1')
}

/** Without what wraps lines, also where a JSON string says so with a backslash. */
export const alphabetOnly = (text: string): string => text.replace(/\\[rn]|\s+/g, '')
