/** Runs reads one at a time, so that a slow read cannot overwrite a later one. */
export class SerialReads {
  readonly #read: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(read: () => Promise<void>) {
    this.#read = read
  }

  /** Joins the running read, or starts one. */
  now(): Promise<void> {
    this.#running ??= this.#read().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Starts a read after the running one. Callers that wait at the same time share it. */
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
