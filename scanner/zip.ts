/** Reads a zip file from front to back (PKWARE's APPNOTE.TXT 4.3.7), because it may be a stream or nested. */
import type { ByteReader } from './byte-reader.ts'
import { inflate } from './decompress.ts'
import type { Entry } from './tar.ts'

const localHeader = Buffer.from('PK\x03\x04')
const headerBytes = 30
const encrypted = 1
const describedLater = 8
const zip64 = 0xffffffff

interface ZipReading {
  readonly skipped: (reason: string) => void
  readonly spend: (work: number) => void
}

export async function* zipEntries(reader: ByteReader, { skipped, spend }: ZipReading): AsyncGenerator<Entry> {
  for (;;) {
    for await (const _ of reader.until(localHeader));
    const header = await reader.take(headerBytes)
    if (header.length < headerBytes) return
    const flags = header.readUInt16LE(6)
    const method = header.readUInt16LE(8)
    const name = (await reader.take(header.readUInt16LE(26))).toString()
    const size = sizeOf(header, await reader.take(header.readUInt16LE(28)))
    // If the size follows the content, only deflate data can be read, because it marks its end. Skip other data.
    const isOpen = (flags & describedLater) !== 0
    if ((flags & encrypted) !== 0) skipped('encrypted zip entry')
    else if (method === 8) yield { name, bytes: inflate(reader, spend, isOpen ? undefined : size) }
    else if (method === 0 && !isOpen) yield { name, bytes: reader.pieces(size) }
    else if (method !== 0) skipped('unsupported compression')
    if ((flags & encrypted) !== 0 && !isOpen) for await (const _ of reader.pieces(size));
  }
}

/** Sizes of 4 GiB and more are in extra field 1, after the uncompressed size (4.5.3). */
function sizeOf(header: Buffer, extra: Buffer): number {
  const size = header.readUInt32LE(18)
  if (size !== zip64) return size
  for (let at = 0; at + 20 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) return Number(extra.readBigUInt64LE(at + 12))
  return size
}
