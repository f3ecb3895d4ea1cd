import { createHash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@mintmark/token'

/** In a time that tells nothing of where they differ, nor of how long the secret is. */
export function isSameSecret(secret: Secret, given: string): boolean {
  return timingSafeEqual(digest(given), digest(secret.bytes()))
}

const digest = (text: string | Uint8Array): Buffer => createHash('sha256').update(text).digest()
