/** Clock and randomness: the only two things that come from nowhere. Everything else is handed them. */
import { randomBytes } from 'node:crypto'
import type { World } from './context.ts'

export const realWorld: World = { now: () => new Date(), random: (bytes) => randomBytes(bytes) }

/** A world that stands still, for tests: every random byte differs from the last, the same in every run. */
export function fixedWorld(time: string): World & { set(time: string): void } {
  let now = new Date(time)
  let counter = 0
  return {
    now: () => new Date(now),
    set: (later) => {
      now = new Date(later)
    },
    random: (bytes) => {
      const made = new Uint8Array(bytes)
      counter += 1
      for (let i = 0; i < bytes; i++) made[i] = (counter >>> (8 * (i % 4))) ^ (i * 37)
      return made
    },
  }
}
