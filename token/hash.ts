import { hash } from 'node:crypto'

/** Returns the SHA-256 of a whole token, by which it is stored and looked up. Strings are hashed as UTF-8. */
export function hashToken(text: string | Uint8Array): Buffer {
  return hash('sha256', text, 'buffer')
}
