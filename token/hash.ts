import { hash } from 'node:crypto'

/**
 * Returns the SHA-256 of a whole token, by which it is stored and looked up. Strings are hashed as UTF-8. Taken from Node
 * as a string of bytes, which is two to three times as fast as taking a buffer.
 */
export function hashToken(text: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', text, 'binary'), 'binary')
}
