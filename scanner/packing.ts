import { isTarHeader } from './tar.ts'

export type Packing = 'gzip' | 'bzip2' | 'zstd' | 'zip' | 'tar'

/** Formats by their first four bytes. Xz, 7-Zip and RAR are recognized but not supported. */
const packings: ReadonlyMap<number, Packing | 'unknown'> = new Map([
  [0x504b0304, 'zip'],
  [0x28b52ffd, 'zstd'],
  [0xfd377a58, 'unknown'],
  [0x377abcaf, 'unknown'],
  [0x52617221, 'unknown'],
])

/** Returns the compression format of `bytes` from `start` to `end`. Fast, because it is called for every object of a repository. */
export function packingOf(bytes: Buffer, start = 0, end = bytes.length): Packing | 'unknown' | undefined {
  if (end - start < 4) return undefined
  const first = bytes.readUInt32BE(start)
  if (first >>> 8 === 0x1f8b08) return 'gzip'
  if (first >>> 8 === 0x425a68 && (first & 0xff) >= 0x31 && (first & 0xff) <= 0x39) return 'bzip2'
  return packings.get(first) ?? (isTarHeader(bytes, start, end) ? 'tar' : undefined)
}
