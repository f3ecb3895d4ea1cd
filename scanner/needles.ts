/**
 * Searches for many byte strings in one pass: Wu and Manber, "A Fast Algorithm for Multi-Pattern Searching" (1994), with
 * blocks of two bytes. It examines two of about every 26 bytes, so that git is the bottleneck.
 */
export class Needles {
  readonly needles: readonly Uint8Array[]
  readonly bytesMax: number
  readonly #window: number
  readonly #shifts: Uint8Array
  /** Needles by the two bytes at the end of the window. */
  readonly #ending = new Map<number, number[]>()

  /** Each needle has 8 to 255 bytes. */
  constructor(needles: readonly Uint8Array[]) {
    this.needles = needles
    this.bytesMax = Math.max(...needles.map(({ length }) => length))
    this.#window = Math.min(...needles.map(({ length }) => length))
    if (this.#window < 8 || this.#window > 255) throw new TypeError('Expected needles of 8 to 255 bytes.')
    this.#shifts = new Uint8Array(0x1_00_00).fill(this.#window - 1)
    for (const [which, needle] of needles.entries()) {
      const end = (needle[this.#window - 2]! << 8) | needle[this.#window - 1]!
      this.#ending.set(end, [...(this.#ending.get(end) ?? []), which])
      for (let last = 1; last < this.#window; last++) {
        const pair = (needle[last - 1]! << 8) | needle[last]!
        this.#shifts[pair] = Math.min(this.#shifts[pair]!, this.#window - 1 - last)
      }
    }
  }

  /** Returns the start of the next needle that is within `from` and `end`, exclusive, or -1. */
  next(bytes: Uint8Array, from: number, end: number): number {
    const shifts = this.#shifts
    let last = from + this.#window - 1
    while (last < end) {
      const shift = shifts[(bytes[last - 1]! << 8) | bytes[last]!]!
      if (shift === 0) {
        const start = last - this.#window + 1
        if (this.#at(bytes, start, end) >= 0) return start
        last += 1
      } else last += shift
    }
    return -1
  }

  /** Index of the needle that was found last. */
  which(bytes: Uint8Array, start: number, end: number): number {
    return this.#at(bytes, start, end)
  }

  #at(bytes: Uint8Array, start: number, end: number): number {
    const last = start + this.#window - 1
    const ending = last < end ? this.#ending.get((bytes[last - 1]! << 8) | bytes[last]!) : undefined
    return ending?.find((which) => this.#isAt(this.needles[which]!, bytes, start, end)) ?? -1
  }

  #isAt(needle: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
    if (start + needle.length > end) return false
    for (let at = 0; at < needle.length; at++) if (bytes[start + at] !== needle[at]) return false
    return true
  }
}
