/** The token: a compact JWS (RFC 7515) signed with HMAC-SHA256, payload `iss`, `jti`, `gen`, `sec` in this order. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { base64urlLength, writeBase64url } from './base64url.ts'
import { faultOf, headerLiteral, type MintMark, mintMark } from './mint-mark.ts'
import { Secret } from './secret.ts'

/** Number of random bytes in a token. */
export const randomBytesOfToken = 24

interface Minting {
  readonly mark: MintMark
  /** `at-` and 15 to 17 characters of 0-9 and a-v. */
  readonly id: string
  /** Generation of the signing key, from 1. */
  readonly generation: number
  /** At least 32 bytes. */
  readonly key: Uint8Array
  /** Exactly 24 bytes that are used for no other token. */
  readonly random: Uint8Array
}

interface TokenParts {
  readonly issuer: string
  readonly id: string
  readonly generation: number
}

const charactersMax = 512
const signatureCharacters = 43
const keyBytesMin = 32

/**
 * Creates a token. Expiry and rights are in the database row. It is built from bytes without strings, so that wiping the
 * `Secret` removes it from memory. Throws `TypeError` for invalid parameters.
 */
export function mintToken({ mark, id, generation, key, random }: Minting): Secret {
  if (!isId(id)) throw new TypeError('A token id is "at-" and 15 to 17 characters of 0-9 and a-v.')
  if (!isGeneration(generation)) throw new TypeError('A signing key generation is a whole number from 1.')
  if (random.length !== randomBytesOfToken)
    throw new TypeError(`A token takes exactly ${randomBytesOfToken} random bytes.`)
  const payload = payloadBytes({ issuer: mintMark(mark.text).text, id, generation }, random)
  const start = Buffer.from(`${headerLiteral}.`)
  const token = Buffer.alloc(start.length + base64urlLength(payload.length) + 1 + signatureCharacters)
  start.copy(token)
  const end = writeBase64url(token, start.length, payload)
  payload.fill(0)
  token.write('.', end)
  writeBase64url(token, end + 1, hmac(token.subarray(0, end), key).digest())
  return new Secret(token)
}

/** Returns the parts of a string that has the exact format of a token, or undefined. Does not verify the signature. Never throws. */
export function parseToken(text: string): TokenParts | undefined {
  if (!looksLikeToken(text)) return undefined
  if (!isCanonical(text.slice(-signatureCharacters))) return undefined
  const payload = text.slice(headerLiteral.length + 1, -signatureCharacters - 1)
  const members = objectIn(Buffer.from(payload, 'base64url').toString())
  if (!members) return undefined
  const { iss: issuer, jti: id, gen: generation, sec } = members
  if (typeof issuer !== 'string' || typeof id !== 'string' || typeof sec !== 'string') return undefined
  if (!isId(id) || !isGeneration(generation) || !/^[\w-]{32}$/.test(sec) || faultOf(issuer)) return undefined
  const parts = { issuer, id, generation }
  // Accept only the canonical form: Node decodes base64url leniently, and JSON allows spaces, escapes and duplicate members.
  return payloadOf(parts, sec) === payload ? parts : undefined
}

/** A cheap check before hashing: length, header and the positions of the two dots. */
export function looksLikeToken(text: string): boolean {
  if (text.length > charactersMax || !text.startsWith(headerLiteral)) return false
  const second = text.length - signatureCharacters - 1
  const first = text.indexOf('.')
  return first === headerLiteral.length && text.indexOf('.', first + 1) === second && text.indexOf('.', second + 1) < 0
}

/** Whether the last part of a compact JWS, with any header, is the HMAC of the first two with this key. */
export function isSignedBy(text: string, key: Uint8Array): boolean {
  const end = text.lastIndexOf('.')
  // There are fewer than two dots.
  if (text.indexOf('.') === end) return false
  const right = Buffer.from(signCompact(text.slice(0, end), key))
  const given = Buffer.from(text.slice(end + 1))
  // Compare in constant time. The length is not secret.
  return given.length === right.length && timingSafeEqual(given, right)
}

/** The HMAC-SHA256 of a JWS signing input (RFC 7515 section 5.1), 43 base64url characters. Keys are 32 bytes or more. */
export function signCompact(signingInput: string, key: Uint8Array): string {
  return hmac(signingInput, key).digest('base64url')
}

function hmac(signingInput: string | Uint8Array, key: Uint8Array) {
  // RFC 7518 section 3.2. With an empty key anyone could sign.
  if (key.length < keyBytesMin) throw new TypeError(`A signing key has at least ${keyBytesMin} bytes.`)
  return createHmac('sha256', key).update(signingInput)
}

/** Returns the last six characters, which identify a token and can be displayed safely. */
export function lastCharacters(token: Secret): string {
  return Buffer.from(token.bytes().slice(-6)).toString('latin1')
}

const payloadJson = ({ issuer, id, generation }: TokenParts, sec: string): string =>
  JSON.stringify({ iss: issuer, jti: id, gen: generation, sec })

const payloadOf = (parts: TokenParts, sec: string): string => Buffer.from(payloadJson(parts, sec)).toString('base64url')

/** The same for a new token, without creating strings. */
function payloadBytes(parts: TokenParts, random: Uint8Array): Buffer {
  const start = Buffer.from(payloadJson(parts, '').slice(0, -'"}'.length))
  const payload = Buffer.alloc(start.length + base64urlLength(random.length) + '"}'.length)
  start.copy(payload)
  payload.write('"}', writeBase64url(payload, start.length, random))
  return payload
}

const isId = (id: string): boolean => /^at-[0-9a-v]{15,17}$/.test(id)

const isGeneration = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1

const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

function objectIn(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' ? { ...value } : undefined
  } catch {
    return undefined
  }
}
