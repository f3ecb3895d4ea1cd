/** A string that must not be shown. It prints as `[secret]` everywhere; only `open` gives it away. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  open(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  // By its registered name, so that this file needs no import of node:util.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
