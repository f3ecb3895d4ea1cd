/** Decodes external text strictly, so that no replacement characters are stored. */

/** The bytes are not UTF-8. The message contains the offset and the invalid byte, but no other content. */
export class InvalidText extends Error {
  override name = 'InvalidText'
}

/** Decodes UTF-8 and removes a byte order mark. Throws `InvalidText` with the offset and line of the first invalid byte. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new InvalidText(describe(bytes), { cause })
  }
}

function describe(bytes: Uint8Array): string {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return 'expected UTF-8, found UTF-16 (byte order mark at offset 0)'
  const offset = firstInvalidByte(bytes)
  const lines = bytes.subarray(0, offset).reduce((count, each) => count + Number(each === 0x0a), 1)
  const byte = bytes[offset]?.toString(16).padStart(2, '0')
  return `expected UTF-8, found byte 0x${byte} at offset ${offset} (line ${lines})`
}

/** RFC 3629 section 4: the second byte of some sequences has a narrower range, which excludes overlong forms and surrogates. */
const secondByteRange: Readonly<Record<number, readonly [number, number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
}

/** Returns the offset of the first invalid sequence. */
function firstInvalidByte(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    if (length === 0) return at
    for (let next = 1; next < length; next++) {
      const [low, high] = (next === 1 && secondByteRange[lead]) || [0x80, 0xbf]
      const byte = bytes[at + next]
      if (byte === undefined || byte < low || byte > high) return at
    }
    at += length
  }
  return bytes.length
}
