/**
 * Bytes that must not be shown. It prints as `[secret]` everywhere; only `open` and `bytes` give it away. Kept as bytes,
 * because those can be wiped, and a string stays in memory for as long as the runtime likes.
 */
export class Secret {
  readonly #bytes: Uint8Array

  /** Takes over the bytes it is given. */
  constructor(text: string | Uint8Array) {
    this.#bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  }

  open(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  /** The bytes themselves, not a copy. */
  bytes(): Uint8Array {
    return this.#bytes
  }

  /** Overwrites it: from now on it holds nothing but zeros. */
  wipe(): void {
    this.#bytes.fill(0)
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
