/**
 * Searches for many byte strings in one pass: Wu and Manber, "A Fast Algorithm for Multi-Pattern Searching" (1994), with
 * blocks of two bytes. It examines two of about every 26 bytes, so that git is the bottleneck.
 */
export class PatternSearch {
  readonly patterns: readonly Uint8Array[]
  readonly bytesMax: number
  readonly #window: number
  readonly #shifts: Uint8Array
  /** Patterns by the two bytes at the end of the window. */
  readonly #ending = new Map<number, number[]>()

  /** Each pattern has 8 to 255 bytes. */
  constructor(patterns: readonly Uint8Array[]) {
    this.patterns = patterns
    this.bytesMax = Math.max(...patterns.map(({ length }) => length))
    this.#window = Math.min(...patterns.map(({ length }) => length))
    if (this.#window < 8 || this.#window > 255) throw new TypeError('Expected patterns of 8 to 255 bytes.')
    this.#shifts = new Uint8Array(0x1_00_00).fill(this.#window - 1)
    for (const [index, pattern] of patterns.entries()) {
      const end = (pattern[this.#window - 2]! << 8) | pattern[this.#window - 1]!
      this.#ending.set(end, [...(this.#ending.get(end) ?? []), index])
      for (let last = 1; last < this.#window; last++) {
        const pair = (pattern[last - 1]! << 8) | pattern[last]!
        this.#shifts[pair] = Math.min(this.#shifts[pair]!, this.#window - 1 - last)
      }
    }
  }

  /** Returns the start of the next pattern that is within `from` and `end`, exclusive, or -1. */
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

  /** Returns the index of the pattern at `start`, or -1. */
  indexAt(bytes: Uint8Array, start: number, end: number): number {
    return this.#at(bytes, start, end)
  }

  #at(bytes: Uint8Array, start: number, end: number): number {
    const last = start + this.#window - 1
    const ending = last < end ? this.#ending.get((bytes[last - 1]! << 8) | bytes[last]!) : undefined
    return ending?.find((index) => this.#isAt(this.patterns[index]!, bytes, start, end)) ?? -1
  }

  #isAt(pattern: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
    if (start + pattern.length > end) return false
    for (let at = 0; at < pattern.length; at++) if (bytes[start + at] !== pattern[at]) return false
    return true
  }
}
