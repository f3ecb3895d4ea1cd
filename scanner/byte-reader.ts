const newline = 0x0a

/** Takes a stream of bytes apart: so many bytes, or as many as there are, or all up to a mark. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)
  #isDone = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next `count` bytes without taking them; fewer when there are no more. */
  async peek(count: number): Promise<Buffer> {
    while (this.#held.length < count && !this.#isDone) await this.#more()
    return this.#held.subarray(0, count)
  }

  /** The next `count` bytes; fewer when there are no more. */
  async take(count: number): Promise<Buffer> {
    const taken = await this.peek(count)
    this.#held = this.#held.subarray(taken.length)
    return taken
  }

  /** The next line without its end; undefined when there is none. For lines that are known to be short. */
  async line(end = newline): Promise<string | undefined> {
    for (;;) {
      const at = this.#held.indexOf(end)
      if (at >= 0) return (await this.take(at + 1)).toString('utf8', 0, at)
      if (this.#isDone) return undefined
      await this.#more()
    }
  }

  /** What was taken too much. */
  giveBack(bytes: Buffer): void {
    if (bytes.length > 0) this.#held = Buffer.concat([bytes, this.#held])
  }

  /** The next `count` bytes, in pieces that are not kept. */
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

  /** Everything before the next mark, in pieces. */
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
