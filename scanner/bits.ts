import type { ByteReader } from './byte-reader.ts'

const sliceBytes = 64 * 1024

/** Told as what zlib tells of its own formats. */
export class Damaged extends Error {
  readonly code = 'Z_BZIP2'
}

/** Takes a stream of bytes apart bit by bit, the highest of each byte first. */
export class Bits {
  readonly #reader: ByteReader
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #held = 0
  #count = 0

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  /** As many bytes, if there are, can be taken without waiting. */
  async ensure(bytes: number): Promise<void> {
    if (this.#bytes.length - this.#at >= bytes) return
    const rest = this.#bytes.subarray(this.#at)
    this.#bytes = Buffer.concat([rest, await this.#reader.take(sliceBytes)])
    this.#at = 0
  }

  /** Up to 24. */
  take(count: number): number {
    const taken = this.peek(count)
    this.skip(count)
    return taken
  }

  /** The next bits without taking them, up to 24; zeros where there are no more. */
  peek(count: number): number {
    while (this.#count < count) {
      // Bits beyond the end are missed when they are taken.
      if (this.#at >= this.#bytes.length) return (this.#held << (count - this.#count)) >>> 0
      this.#held = ((this.#held << 8) | this.#bytes[this.#at++]!) >>> 0
      this.#count += 8
    }
    return this.#held >>> (this.#count - count)
  }

  skip(count: number): void {
    if (count > this.#count) throw new Damaged()
    this.#count -= count
    this.#held &= (1 << this.#count) - 1
  }

  /** Leaves the rest of a byte that was begun. */
  align(): void {
    this.skip(this.#count & 7)
  }

  /** What comes after the byte that was begun. */
  giveBack(): void {
    const whole = this.#count >>> 3
    this.#reader.giveBack(this.#bytes.subarray(this.#at - whole))
  }
}
