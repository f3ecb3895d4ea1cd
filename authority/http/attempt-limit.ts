/**
 * Slows down who tries too often from one network address: bad tokens, and reports without a login. What counts as an
 * attempt is the caller's to say; a good token from the same address is never in the way.
 */
import type { World } from '../context.ts'

const windowMilliseconds = 60_000
const addressesMax = 50_000

export interface AttemptLimit {
  /** Counts one attempt; the seconds to wait when there were too many, otherwise 0. */
  strike(address: string): number
}

export function limitAttempts(world: World, perMinute: number): AttemptLimit {
  let windows = new Map<string, { until: number; count: number }>()
  return {
    strike: (address) => {
      const now = world.now().getTime()
      const known = windows.get(address)
      if (!known || known.until <= now) {
        if (windows.size >= addressesMax)
          windows = new Map([...windows].filter(([, { until }]) => until > now).slice(-addressesMax / 2))
        windows.set(address, { until: now + windowMilliseconds, count: 1 })
        return 0
      }
      known.count += 1
      return known.count > perMinute ? Math.ceil((known.until - now) / 1000) : 0
    },
  }
}
