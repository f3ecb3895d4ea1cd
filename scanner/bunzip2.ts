/** Streaming bzip2 decompression with the memory of one block, 4 MB. Does not verify checksums. */
import { Bits, Damaged } from './bits.ts'
import type { ByteReader } from './byte-reader.ts'

const pieceBytes = 64 * 1024
/** Blocks are up to nine times as long. */
const blockUnit = 100_000
/** `BZh` */
const streamStart = 0x425a68
const blockStart = 0x314159265359
const streamEnd = 0x177245385090
const codeBitsMax = 20
const codesPerGroup = 50
const symbolsMax = 258
/** More than the size of 50 codes, or of any part of a header that is read at once. */
const bytesAtOnce = 256

/** Decompresses all consecutive streams and leaves the reader after them. */
export async function* bunzip2(reader: ByteReader): AsyncGenerator<Buffer> {
  const bits = new Bits(reader)
  // Reused between streams, because there may be many empty ones.
  let words = new Uint32Array(0)
  for (;;) {
    await bits.ensure(bytesAtOnce)
    if (bits.peek(24) !== streamStart) break
    bits.take(24)
    const level = bits.take(8) - 0x30
    if (!(level >= 1 && level <= 9)) throw new Damaged()
    for (;;) {
      await bits.ensure(bytesAtOnce)
      const mark = bits.take(24) * 0x1000000 + bits.take(24)
      if (mark === streamEnd) break
      if (mark !== blockStart) throw new Damaged()
      if (words.length !== level * blockUnit) words = new Uint32Array(level * blockUnit)
      const { length, first } = await readBlock(bits, words)
      yield* textOf(words, length, first)
    }
    bits.take(24)
    bits.take(8)
    bits.align()
  }
  bits.giveBack()
}

/** Fills `words` with the last column of the sorted rotations. Returns its length and the position of the first row. */
async function readBlock(bits: Bits, words: Uint32Array): Promise<{ length: number; first: number }> {
  bits.take(24)
  bits.take(8)
  // Randomized blocks are obsolete since 1997.
  if (bits.take(1) === 1) throw new Damaged()
  const origin = bits.take(24)
  const bytes = usedBytes(bits)
  const endOfBlock = bytes.length + 1
  const { tables, selectors } = await readTables(bits, endOfBlock + 1)
  const counts = new Uint32Array(256)
  let [length, run, weight] = [0, 0, 1]
  const endRun = () => {
    const byte = bytes[0]!
    if (run > words.length - length) throw new Damaged()
    words.fill(byte, length, length + run)
    counts[byte]! += run
    length += run
    run = 0
    weight = 1
  }
  for (const selector of selectors) {
    const table = tables[selector]
    if (!table) throw new Damaged()
    await bits.ensure(bytesAtOnce)
    for (let times = 0; times < codesPerGroup; times++) {
      const symbol = table.next(bits)
      if (symbol <= 1) {
        // Run length of the first byte, in bijective base 2.
        run += weight << symbol
        weight *= 2
        if (run > words.length) throw new Damaged()
        continue
      }
      if (run > 0) endRun()
      if (symbol === endOfBlock) return { length, first: linked(words, length, counts, origin) }
      if (length === words.length) throw new Damaged()
      const byte = toFront(bytes, symbol - 1)
      words[length++] = byte
      counts[byte]! += 1
    }
  }
  throw new Damaged()
}

function usedBytes(bits: Bits): Uint8Array {
  const rows = bits.take(16)
  const used: number[] = []
  for (let row = 0; row < 16; row++) {
    if (((rows >> (15 - row)) & 1) === 0) continue
    const columns = bits.take(16)
    for (let column = 0; column < 16; column++) if (((columns >> (15 - column)) & 1) === 1) used.push(row * 16 + column)
  }
  if (used.length === 0) throw new Damaged()
  return Uint8Array.from(used)
}

async function readTables(bits: Bits, symbols: number): Promise<{ tables: Codes[]; selectors: Uint8Array }> {
  const tablesCount = bits.take(3)
  const selectors = new Uint8Array(bits.take(15))
  if (tablesCount < 2 || tablesCount > 6 || symbols > symbolsMax) throw new Damaged()
  const order = Uint8Array.from({ length: tablesCount }, (_, at) => at)
  for (let at = 0; at < selectors.length; at++) {
    if (at % 128 === 0) await bits.ensure(bytesAtOnce)
    let place = 0
    while (bits.take(1) === 1) place += 1
    if (place >= tablesCount) throw new Damaged()
    selectors[at] = toFront(order, place)
  }
  const tables: Codes[] = []
  for (let at = 0; at < tablesCount; at++) {
    const lengths = new Uint8Array(symbols)
    await bits.ensure(bytesAtOnce)
    let length = bits.take(5)
    for (let symbol = 0; symbol < symbols; symbol++) {
      // Each step takes two bits. Steps back and forth could be repeated without end.
      await bits.ensure(bytesAtOnce)
      for (let steps = 0; bits.take(1) === 1; steps++) {
        if (steps > 2 * codeBitsMax) throw new Damaged()
        length += bits.take(1) === 1 ? -1 : 1
      }
      if (length < 1 || length > codeBitsMax) throw new Damaged()
      lengths[symbol] = length
    }
    tables.push(new Codes(lengths))
  }
  return { tables, selectors }
}

/** Moves an element to the front and returns it. */
function toFront(list: Uint8Array, place: number): number {
  const found = list[place]
  if (found === undefined) throw new Damaged()
  // Most elements are near the front, where a loop is faster than copyWithin.
  for (let at = place; at > 0; at--) list[at] = list[at - 1]!
  list[0] = found
  return found
}

/** Inverts the sorting: stores in each word, above its byte, the position of the next byte. Returns the start of the text. */
function linked(words: Uint32Array, length: number, counts: Uint32Array, origin: number): number {
  if (origin >= length) throw new Damaged()
  const places = new Uint32Array(256)
  let sum = 0
  for (let byte = 0; byte < 256; byte++) {
    places[byte] = sum
    sum += counts[byte]!
  }
  for (let at = 0; at < length; at++) {
    const place = places[words[at]! & 0xff]!++
    words[place] = (words[place]! & 0xff) | (at << 8)
  }
  return words[origin]! >>> 8
}

/** Follows the links to produce the text. After four equal bytes, a fifth is the number of further repetitions. */
function* textOf(words: Uint32Array, length: number, first: number): Generator<Buffer> {
  let [piece, used] = [Buffer.allocUnsafe(pieceBytes), 0]
  let [at, last, equal] = [first, -1, 0]
  for (let read = 0; read < length; read++) {
    const word = words[at]!
    const byte = word & 0xff
    at = word >>> 8
    let times = 1
    if (equal === 4) {
      times = byte
      equal = 0
    } else {
      equal = byte === last ? equal + 1 : 1
      last = byte
    }
    if (used + times > pieceBytes) {
      yield piece.subarray(0, used)
      // A new buffer, because the consumer may keep parts of it.
      ;[piece, used] = [Buffer.allocUnsafe(pieceBytes), 0]
    }
    if (times === 1) piece[used] = last
    else piece.fill(last, used, used + times)
    used += times
    if (equal === 0) last = -1
  }
  if (used > 0) yield piece.subarray(0, used)
}

/** Canonical prefix codes: consecutive per length, shorter ones first. */
class Codes {
  readonly #symbols: Uint16Array
  /** For each length, the highest code and the offset from a code to the index of its symbol. */
  readonly #highest = new Int32Array(codeBitsMax + 1).fill(-1)
  readonly #distances = new Int32Array(codeBitsMax + 1)
  readonly #shortest: number

  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(codeBitsMax + 1)
    for (const length of lengths) counts[length]! += 1
    this.#symbols = Uint16Array.from(lengths.keys()).sort(
      (one, other) => lengths[one]! - lengths[other]! || one - other,
    )
    this.#shortest = counts.findIndex((count) => count > 0)
    let [code, place] = [0, 0]
    for (let length = 1; length <= codeBitsMax; length++) {
      code <<= 1
      this.#distances[length] = code - place
      code += counts[length]!
      place += counts[length]!
      this.#highest[length] = code - 1
    }
  }

  next(bits: Bits): number {
    const window = bits.peek(codeBitsMax)
    for (let length = this.#shortest; length <= codeBitsMax; length++) {
      const code = window >>> (codeBitsMax - length)
      if (code > this.#highest[length]!) continue
      const symbol = this.#symbols[code - this.#distances[length]!]
      if (symbol === undefined) break
      bits.skip(length)
      return symbol
    }
    throw new Damaged()
  }
}
