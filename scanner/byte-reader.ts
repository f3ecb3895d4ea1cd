const newline = 0x0a

/** Reads a stream of bytes by count or up to a delimiter. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)
  #isDone = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Returns the next `count` bytes without consuming them; fewer at the end. */
  async peek(count: number): Promise<Buffer> {
    while (this.#held.length < count && !this.#isDone) await this.#more()
    return this.#held.subarray(0, count)
  }

  /** Reads `count` bytes; fewer at the end. */
  async take(count: number): Promise<Buffer> {
    const taken = await this.peek(count)
    this.#held = this.#held.subarray(taken.length)
    return taken
  }

  /** Reads a line without its line end, or undefined at the end. Only for lines that are known to be short. */
  async line(end = newline): Promise<string | undefined> {
    for (;;) {
      const at = this.#held.indexOf(end)
      if (at >= 0) return (await this.take(at + 1)).toString('utf8', 0, at)
      if (this.#isDone) return undefined
      await this.#more()
    }
  }

  /** Puts back bytes that were read too far. */
  giveBack(bytes: Buffer): void {
    if (bytes.length > 0) this.#held = Buffer.concat([bytes, this.#held])
  }

  /** Streams the next `count` bytes. */
  async *pieces(count = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
    let left = count
    while (left > 0) {
      if (this.#held.length === 0 && (await this.peek(1)).length === 0) return
      const piece = this.#held.subarray(0, left)
      this.#held = this.#held.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  /** Streams everything before the next delimiter. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const window = await this.peek(Math.max(this.#held.length, 4 * 1024, mark.length))
      const found = window.indexOf(mark)
      const end = found >= 0 ? found : this.#isDone ? window.length : window.length - mark.length + 1
      if (end > 0) yield await this.take(end)
      if (found >= 0 || this.#isDone) return
    }
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done) this.#isDone = true
    else this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value])
  }
}
