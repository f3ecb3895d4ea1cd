import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@mintmark/token'

/** Compares in constant time. Hashing first hides the length of the secret. */
export function isSameSecret(secret: Secret, given: string): boolean {
  return timingSafeEqual(digest(given), digest(secret.bytes()))
}

const digest = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest()
