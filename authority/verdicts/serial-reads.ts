/** Runs reads one at a time: one that ends late must not undo a later one. */
export class SerialReads {
  readonly #read: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(read: () => Promise<void>) {
    this.#read = read
  }

  /** The read that runs, or a new one. */
  now(): Promise<void> {
    this.#running ??= this.#read().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** A read that starts after now; callers that come while one waits share it. */
  afterNow(): Promise<void> {
    this.#next ??= this.#waiting()
    return this.#next
  }

  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined)
  }

  async #waiting(): Promise<void> {
    do await this.idle()
    while (this.#running)
    this.#next = undefined
    await this.now()
  }
}
