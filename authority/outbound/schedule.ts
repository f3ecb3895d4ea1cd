/**
 * When what another server did not take is tried again, notices and alerts alike: ten attempts in three to four days, as
 * Standard Webhooks 1.0.0 proposes. Each pause is up to a quarter longer, so that what failed together does not come back
 * together.
 */
import type { World } from '../context.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const pauses = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
const retryAfterMax = 24 * hour
const spread = 0.25

export const attemptsMax = pauses.length

/** After so many attempts, the time of the next; null when it is given up. A receiver may ask for more time, not for less. */
export function nextAttempt(world: World, attempts: number, retryAfter: string | null = null): Date | null {
  const pause = pauses[attempts]
  if (pause === undefined) return null
  const now = world.now()
  const share = Buffer.from(world.random(2)).readUInt16LE() / 65_536
  const wait = Math.max(pause, asked(retryAfter, now)) * (1 + spread * share)
  return new Date(now.getTime() + Math.floor(wait))
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function asked(retryAfter: string | null, now: Date): number {
  if (retryAfter === null) return 0
  const wanted = /^\d{1,10}$/.test(retryAfter) ? Number(retryAfter) * second : Date.parse(retryAfter) - now.getTime()
  return Number.isNaN(wanted) ? 0 : Math.min(Math.max(wanted, 0), retryAfterMax)
}
