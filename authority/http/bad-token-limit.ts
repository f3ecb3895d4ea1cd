/** Slows down who tries tokens. Counted per network address; a good token from the same address is never in the way. */
import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'

const windowMilliseconds = 60_000
const addressesMax = 50_000

export interface BadTokenLimit {
  /** Counts one bad token; the seconds to wait when there were too many, otherwise 0. */
  strike(address: string): number
}

export function limitBadTokens(world: World, perMinute: number = limits.badTokensPerMinute): BadTokenLimit {
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
