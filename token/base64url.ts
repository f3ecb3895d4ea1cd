const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/** How many characters so many bytes become (RFC 4648 section 5, without padding). */
export const base64urlLength = (bytes: number): number => Math.ceil((bytes * 4) / 3)

/** Writes bytes as base64url from a place on and returns the place after. From bytes to bytes: no string is left behind. */
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
