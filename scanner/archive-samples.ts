/** Writes archives for tests. */
import { crc32, deflateRawSync } from 'node:zlib'

type Files = Readonly<Record<string, string | Buffer>>

export function tarOf(files: Files): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const bytes = Buffer.from(content)
    const long = name.length > 100 ? [tarHeader('././@LongLink', name.length, 'L'), padded(Buffer.from(name))] : []
    return [...long, tarHeader(name.slice(0, 100), bytes.length, '0'), padded(bytes)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function tarHeader(name: string, size: number, type: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  return header
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])

export interface ZipOptions {
  readonly stored?: boolean
  /** Writes sizes after the content, like programs that stream, such as Terraform for its plan files. */
  readonly sizesLater?: boolean
  readonly comment?: string
}

export function zipOf(files: Files, { stored = false, sizesLater = false, comment = '' }: ZipOptions = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content)
    const packed = stored ? bytes : deflateRawSync(bytes)
    const sizes = Buffer.alloc(12)
    sizes.writeUInt32LE(crc32(bytes), 0)
    sizes.writeUInt32LE(packed.length, 4)
    sizes.writeUInt32LE(bytes.length, 8)
    const fixed = Buffer.alloc(10)
    fixed.writeUInt16LE(20, 0)
    fixed.writeUInt16LE(sizesLater ? 8 : 0, 2)
    fixed.writeUInt16LE(stored ? 0 : 8, 4)
    const lengths = Buffer.alloc(4)
    lengths.writeUInt16LE(Buffer.byteLength(name), 0)
    const local = [Buffer.from('PK\x03\x04'), fixed, sizesLater ? Buffer.alloc(12) : sizes, lengths, Buffer.from(name)]
    const after = sizesLater ? [Buffer.from('PK\x07\x08'), sizes] : []
    const entry = Buffer.concat([...local, packed, ...after])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0'), fixed, sizes, lengths, place, Buffer.from(name))
    parts.push(entry)
    offset += entry.length
  }
  const end = Buffer.alloc(18)
  const count = Object.keys(files).length
  const listed = Buffer.concat(directory)
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(offset, 12)
  end.writeUInt16LE(Buffer.byteLength(comment), 16)
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)])
}
