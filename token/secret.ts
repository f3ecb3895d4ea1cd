/**
 * Bytes that must not be logged. It prints as `[secret]`; only `open` and `bytes` return the content. Stored as bytes,
 * which can be wiped, unlike strings.
 */
export class Secret {
  readonly #bytes: Uint8Array

  /** Takes ownership of the bytes. */
  constructor(text: string | Uint8Array) {
    this.#bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  }

  open(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  /** Returns the bytes without copying them. */
  bytes(): Uint8Array {
    return this.#bytes
  }

  /** Overwrites the bytes with zeros. */
  wipe(): void {
    this.#bytes.fill(0)
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  // Registered symbol of node:util inspect, without importing it.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
