import { hash } from 'node:crypto'

/** SHA-256 of the whole token, a string as UTF-8, 32 bytes: what is stored of a token, and what it is looked up by. */
export function hashToken(text: string | Uint8Array): Buffer {
  return hash('sha256', text, 'buffer')
}
