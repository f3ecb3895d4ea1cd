/** Clock and randomness, the only inputs from outside. Everything else receives them as a parameter. */
import { hash, randomFillSync } from 'node:crypto'
import type { World } from './context.ts'

const poolBytes = 8_192
const pool = Buffer.alloc(poolBytes)
let taken = poolBytes

export const realWorld: World = { now: () => new Date(), random }

/**
 * Draws from a pool, because a call of the system's generator costs as much as a small request. Drawn bytes are wiped
 * from the pool.
 */
function random(bytes: number): Uint8Array {
  if (bytes > poolBytes / 8) return randomFillSync(Buffer.alloc(bytes))
  if (taken + bytes > poolBytes) {
    randomFillSync(pool)
    taken = 0
  }
  const given = Buffer.from(pool.subarray(taken, taken + bytes))
  pool.fill(0, taken, taken + bytes)
  taken += bytes
  return given
}

/** A world with a fixed clock and deterministic randomness for tests: every draw differs, and all runs are the same. */
export function fixedWorld(time: string): World & { set(time: string): void } {
  let now = new Date(time)
  let counter = 0
  return {
    isSimulated: true,
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
