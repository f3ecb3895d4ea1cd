/**
 * Passkey challenges that carry their own HMAC. Anybody can request one, so the server stores nothing until a response uses
 * it, and then only until it would have expired. Format: 16 random bytes, 8 bytes expiry, 16 bytes HMAC.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { Refusal, type World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { hashOfSecret } from '../secret-hash.ts'
import { insertUsedChallenge } from './passkey-store.ts'

export const challengeMilliseconds = 300_000

/** The purpose of the response: a sign-in, or a new passkey of one person. */
export type Purpose = 'sign-in' | `register ${string}`

export function newChallenge(world: World, signingKey: Uint8Array, purpose: Purpose): Uint8Array<ArrayBuffer> {
  const expiry = Buffer.alloc(8)
  expiry.writeBigUInt64BE(BigInt(world.now().getTime() + challengeMilliseconds))
  const head = Buffer.concat([world.random(16), expiry])
  return new Uint8Array(Buffer.concat([head, macOf(signingKey, purpose, head)]))
}

export function isChallenge(world: World, signingKey: Uint8Array, purpose: Purpose, text: string): boolean {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== 40) return false
  const head = bytes.subarray(0, 24)
  if (!timingSafeEqual(bytes.subarray(24), macOf(signingKey, purpose, head))) return false
  return Number(head.readBigUInt64BE(16)) > world.now().getTime()
}

/** Marks the challenge as used. Throws `wrong-credentials` if it was used before. */
export async function useChallenge(db: Db, world: World, text: string): Promise<void> {
  const hash = hashOfSecret(text)
  const expiresAt = new Date(world.now().getTime() + challengeMilliseconds).toISOString()
  if (!(await insertUsedChallenge(db, { hash, expiresAt }, world.now().toISOString())))
    throw new Refusal('wrong-credentials', { detail: 'This passkey response was already used.' })
}

function macOf(signingKey: Uint8Array, purpose: Purpose, head: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync('sha256', signingKey, '', 'mintmark passkey challenge', 32))
  return createHmac('sha256', key).update(purpose).update('\0').update(head).digest().subarray(0, 16)
}
