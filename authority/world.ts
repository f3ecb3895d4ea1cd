/** Clock and randomness: the only two things that come from nowhere. Everything else is handed them. */
import { hash, randomBytes } from 'node:crypto'
import type { World } from './context.ts'

export const realWorld: World = { now: () => new Date(), random: (bytes) => randomBytes(bytes) }

/** A world that stands still, for tests: no draw is like another, and all are the same in every run. */
export function fixedWorld(time: string): World & { set(time: string): void } {
  let now = new Date(time)
  let counter = 0
  return {
    now: () => new Date(now),
    set: (later) => {
      now = new Date(later)
    },
    random: (bytes) => {
      counter += 1
      const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
        hash('sha256', `${counter} ${block}`, 'buffer'),
      )
      return Buffer.concat(blocks).subarray(0, bytes)
    },
  }
}
