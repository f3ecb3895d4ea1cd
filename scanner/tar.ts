/** Reads a tar file from front to back, in the formats of POSIX (ustar and pax) and of GNU. */
import type { ByteReader } from './byte-reader.ts'

export interface Entry {
  readonly name: string
  /** Must be read to its end or not at all. */
  readonly bytes: AsyncGenerator<Buffer>
}

const blockBytes = 512
/** Longer names are truncated; they are only used for display. */
const nameBytesMax = 64 * 1024

export async function* tarEntries(reader: ByteReader): AsyncGenerator<Entry> {
  let longName: string | undefined
  for (;;) {
    const header = await reader.peek(blockBytes)
    if (!isTarHeader(header)) break
    await reader.take(blockBytes)
    const size = numberIn(header.subarray(124, 136))
    const type = String.fromCharCode(header[156] ?? 0)
    const padding = (blockBytes - (size % blockBytes)) % blockBytes
    if (type === 'L' || type === 'x') {
      const value = await reader.take(Math.min(size, nameBytesMax))
      for await (const _ of reader.pieces(size - value.length));
      longName = type === 'L' ? textIn(value) : (/(?:^|\n)\d+ path=([^\n]*)\n/.exec(value.toString())?.[1] ?? longName)
    } else {
      yield { name: longName ?? nameIn(header), bytes: reader.pieces(size) }
      longName = undefined
    }
    await reader.take(padding)
  }
}

export const isTarHeader = (bytes: Buffer, start = 0, end = bytes.length): boolean =>
  end - start >= 262 && bytes[start + 257] === 0x75 && bytes.toString('latin1', start + 257, start + 262) === 'ustar'

function nameIn(header: Buffer): string {
  const name = textIn(header.subarray(0, 100))
  // GNU tar stores times where POSIX stores the prefix of a long name.
  const prefix = header[263] === 0x30 ? textIn(header.subarray(345, 500)) : ''
  return prefix ? `${prefix}/${name}` : name
}

/** Octal digits, or base 256 for 8 GiB and more. */
function numberIn(field: Buffer): number {
  if ((field[0]! & 0x80) === 0) return Number.parseInt(textIn(field), 8) || 0
  return Number(BigInt(`0x${field.toString('hex')}`) & ((1n << 63n) - 1n))
}

const textIn = (field: Buffer): string => {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}
