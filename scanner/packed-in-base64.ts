/** The starts of archives in base64, and in base64 of base64, as in Helm releases. */

export interface PackedStart {
  /** Characters to prepend so that the base64 can be decoded from there. */
  readonly prefix: string
  /** Returns the next start from `from` to `end`, exclusive, or -1. */
  readonly next: (bytes: Buffer, from: number, end: number) => number
}

const samples = 256

/** `offset`: the first character that is rare in text and programs. The runtime searches for it byte by byte. */
function packedStart(literal: string, { prefix = '', offset = 0 } = {}): PackedStart {
  const whole = Buffer.from(literal)
  const tail = whole.subarray(offset)
  const next = (bytes: Buffer, from: number, end: number) => {
    const searched = end < bytes.length ? bytes.subarray(0, end) : bytes
    for (let at = from; ; ) {
      const found = searched.indexOf(tail, at + offset)
      if (found < 0) return -1
      const start = found - offset
      if (offset === 0 || whole.compare(searched, start, start + whole.length) === 0) return start
      at = start + 1
    }
  }
  return { prefix, next }
}

const gzip = packedStart('H4sI')
const gzipTail = packedStart('H4sI', { offset: 1 })

/** `1f 8b 08`. x86-64 programs often contain its first character, tables and code the second. */
const gzipStart: PackedStart = {
  prefix: '',
  next: (bytes, from, end) => (isFullOfFirst(bytes, from, end) ? gzipTail : gzip).next(bytes, from, end),
}

/**
 * Base64 of `H4sI` and an upper-case letter has three encodings, depending on its offset in a group of three bytes. The
 * prefix replaces the characters that contain bits of the preceding text and of the `H`.
 */
const nested = [
  packedStart('SDRzSU'),
  packedStart('g0c0l', { prefix: 'AE', offset: 1 }),
  packedStart('INHNJQ', { prefix: 'AAB', offset: 1 }),
]

export const packedStarts: readonly PackedStart[] = [
  gzipStart,
  ...nested,
  // Zip, bzip2 and zstd.
  ...['UEsDB', 'Qlpo', 'KLUv/'].map((literal) => packedStart(literal)),
]
/** Maximum length of a start. */
export const packedStartBytesMax = 6

/** Whether `bytes` contains a start from `from` to `end`, exclusive. */
export const holdsPackedStart = (bytes: Buffer, from: number, end: number): boolean =>
  packedStarts.some(({ next }) => next(bytes, from, end) >= 0)

/** The runtime searches for the first byte, which is several times faster for a rare one. */
function isFullOfFirst(bytes: Buffer, from: number, end: number): boolean {
  const step = Math.max(1, Math.floor((end - from) / samples))
  let more = 0
  for (let at = from; at < end; at += step) {
    if (bytes[at] === firstOfGzip) more += 1
    else if (bytes[at] === secondOfGzip) more -= 1
  }
  return more > 0
}

const firstOfGzip = 0x48
const secondOfGzip = 0x34
