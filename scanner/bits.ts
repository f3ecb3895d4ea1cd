import type { ByteReader } from './byte-reader.ts'

const sliceBytes = 64 * 1024

/** Has the error code of zlib for damaged data. */
export class Damaged extends Error {
  readonly code = 'Z_BZIP2'
}

/** Reads bits from a stream of bytes, the most significant first. */
export class Bits {
  readonly #reader: ByteReader
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #held = 0
  #count = 0

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  /** Buffers this many bytes, if available, so that they can be read synchronously. */
  async ensure(bytes: number): Promise<void> {
    if (this.#bytes.length - this.#at >= bytes) return
    const rest = this.#bytes.subarray(this.#at)
    this.#bytes = Buffer.concat([rest, await this.#reader.take(sliceBytes)])
    this.#at = 0
  }

  /** Reads up to 24 bits. */
  take(count: number): number {
    const taken = this.peek(count)
    this.skip(count)
    return taken
  }

  /** Returns the next bits without consuming them, up to 24, with zeros after the end. */
  peek(count: number): number {
    while (this.#count < count) {
      // Consuming bits beyond the end throws.
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

  /** Skips the rest of the current byte. */
  align(): void {
    this.skip(this.#count & 7)
  }

  /** Returns the bytes after the current one. */
  giveBack(): void {
    const whole = this.#count >>> 3
    this.#reader.giveBack(this.#bytes.subarray(this.#at - whole))
  }
}
