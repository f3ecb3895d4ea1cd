/** How archives begin when they are written in base64, or in base64 of base64 as Helm keeps its releases. */

export interface PackedStart {
  /** What to put before it, so that the base64 of it can be decoded from there on. */
  readonly prefix: string
  /** Where it begins next, from `from` to before `end`; -1 when nowhere. */
  readonly next: (bytes: Buffer, from: number, end: number) => number
}

const samples = 256

/** `offset`: the first character that text and programs seldom have. It is what the runtime looks for, byte by byte. */
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

/** `1f 8b 08`. Programs of x86-64 are full of its first character, as tables and code are of the second. */
const gzipStart: PackedStart = {
  prefix: '',
  next: (bytes, from, end) => (isFullOfFirst(bytes, from, end) ? gzipTail : gzip).next(bytes, from, end),
}

/**
 * Base64 of `H4sI` and an upper-case letter has three spellings, by where in a group of three bytes it starts. The prefix
 * stands for the characters that hold bits of what comes before, with the bits of the `H`.
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
/** No start is longer. */
export const packedStartBytesMax = 6

/** Whether one begins from `from` to before `end`. */
export const holdsPackedStart = (bytes: Buffer, from: number, end: number): boolean =>
  packedStarts.some(({ next }) => next(bytes, from, end) >= 0)

/** The runtime looks for the first byte of what it searches: several times faster with the rarer of the two. */
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
