import { isTarHeader } from './tar.ts'

export type Packing = 'gzip' | 'bzip2' | 'zstd' | 'zip' | 'tar'

/** By the first four bytes. Xz, 7-Zip and RAR are archives that nothing here can open. */
const packings: ReadonlyMap<number, Packing | 'unknown'> = new Map([
  [0x504b0304, 'zip'],
  [0x28b52ffd, 'zstd'],
  [0xfd377a58, 'unknown'],
  [0x377abcaf, 'unknown'],
  [0x52617221, 'unknown'],
])

/** How what lies in `bytes` from `start` to `end` is packed. Asked of every object of a repository, so it is quick. */
export function packingOf(bytes: Buffer, start = 0, end = bytes.length): Packing | 'unknown' | undefined {
  if (end - start < 4) return undefined
  const first = bytes.readUInt32BE(start)
  if (first >>> 8 === 0x1f8b08) return 'gzip'
  if (first >>> 8 === 0x425a68 && (first & 0xff) >= 0x31 && (first & 0xff) <= 0x39) return 'bzip2'
  return packings.get(first) ?? (isTarHeader(bytes, start, end) ? 'tar' : undefined)
}
