const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/** The length in characters of base64url without padding (RFC 4648 section 5). */
export const base64urlLength = (bytes: number): number => Math.ceil((bytes * 4) / 3)

/** Writes bytes as base64url at an offset and returns the offset after them. Creates no string, which could not be wiped. */
export function writeBase64url(target: Uint8Array, start: number, bytes: Uint8Array): number {
  let at = start
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 6; ) {
      bits -= 6
      target[at++] = alphabet[(held >> bits) & 63] as number
    }
    held &= (1 << bits) - 1
  }
  if (bits > 0) target[at++] = alphabet[(held << (6 - bits)) & 63] as number
  return at
}
