/** Pseudorandom numbers for tests, the same in every run, so that failures are reproducible. */
export interface SeededNumbers {
  /** An integer from 0 to `end`, exclusive. */
  below(end: number): number
  bytes(count: number): Uint8Array
  pick<T>(from: ArrayLike<T>): T
}

/** mulberry32 by Tommy Ettinger, in the public domain. Only for tests. */
export function seededNumbers(seed: number): SeededNumbers {
  let state = seed
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return {
    below,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
    pick: (from) => from[below(from.length)]!,
  }
}
