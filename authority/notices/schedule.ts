/** When to try again, as Standard Webhooks 1.0.0 proposes: ten attempts in a little over three days. */
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const pauses = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
const retryAfterMax = 24 * hour

export const attemptsMax = pauses.length

/** After so many attempts, the time of the next; null when it is given up. A receiver may ask for more time, not for less. */
export function nextAttempt(attempts: number, now: Date, retryAfter: string | null): Date | null {
  const pause = pauses[attempts]
  if (pause === undefined) return null
  return new Date(now.getTime() + Math.max(pause, asked(retryAfter, now)))
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function asked(retryAfter: string | null, now: Date): number {
  if (retryAfter === null) return 0
  const wanted = /^\d{1,10}$/.test(retryAfter) ? Number(retryAfter) * second : Date.parse(retryAfter) - now.getTime()
  return Number.isNaN(wanted) ? 0 : Math.min(Math.max(wanted, 0), retryAfterMax)
}
