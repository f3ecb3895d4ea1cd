/**
 * The retry schedule of webhook deliveries and GitHub alerts: ten attempts in three to four days, as Standard Webhooks 1.0.0
 * proposes. Each pause is up to 25 % longer at random, so that deliveries that failed together are not retried together.
 */
import type { World } from '../context.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const pauses = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
const retryAfterMax = 24 * hour
const spread = 0.25

export const attemptsMax = pauses.length

/** Returns the time of the next attempt after `attempts` of them; null to give up. `Retry-After` can extend the pause, not shorten it. */
export function nextAttempt(world: World, attempts: number, retryAfter: string | null = null): Date | null {
  const pause = pauses[attempts]
  if (pause === undefined) return null
  const now = world.now()
  const share = Buffer.from(world.random(2)).readUInt16LE() / 65_536
  const wait = Math.max(pause, requestedPause(retryAfter, now)) * (1 + spread * share)
  return new Date(now.getTime() + Math.floor(wait))
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function requestedPause(retryAfter: string | null, now: Date): number {
  if (retryAfter === null) return 0
  const milliseconds = /^\d{1,10}$/.test(retryAfter)
    ? Number(retryAfter) * second
    : Date.parse(retryAfter) - now.getTime()
  return Number.isNaN(milliseconds) ? 0 : Math.min(Math.max(milliseconds, 0), retryAfterMax)
}
