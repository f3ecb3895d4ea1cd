/**
 * Limits attempts per client, which is an IPv4 address or an IPv6 network: bad tokens, and reports without
 * authentication. The caller decides what counts as an attempt; requests with a valid token are never limited.
 */

import type { World } from '../context.ts'
import { clientKey, defaultIpv6Prefix } from '../verdicts/ip-address.ts'

const windowMilliseconds = 60_000
const addressesMax = 50_000

export interface AttemptLimit {
  /** Counts `weight` attempts (default: 1). Returns the seconds to wait if the limit is exceeded, otherwise 0. */
  strike(address: string, weight?: number): number
}

export function limitAttempts(world: World, perMinute: number, ipv6Prefix: number = defaultIpv6Prefix): AttemptLimit {
  return limitEach(world, perMinute, (address) => clientKey(address, ipv6Prefix))
}

/** Like `limitAttempts`, but with a key other than the network address, such as a session. */
export function limitEach(world: World, perMinute: number, keyOf = (name: string) => name): AttemptLimit {
  let windows = new Map<string, { until: number; count: number }>()
  return {
    strike: (address, weight = 1) => {
      const now = world.now().getTime()
      const key = keyOf(address)
      const known = windows.get(key)
      if (!known || known.until <= now) {
        if (windows.size >= addressesMax)
          windows = new Map([...windows].filter(([, { until }]) => until > now).slice(-addressesMax / 2))
        windows.set(key, { until: now + windowMilliseconds, count: weight })
        return weight > perMinute ? windowMilliseconds / 1_000 : 0
      }
      known.count += weight
      return known.count > perMinute ? Math.ceil((known.until - now) / 1000) : 0
    },
  }
}
