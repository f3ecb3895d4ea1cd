/**
 * Circuit breaker of webhooks. After repeated failures the circuit opens: deliveries wait, and single probes test whether the
 * receiver is back. A failing receiver therefore costs one or two attempts an hour, however many deliveries wait.
 */
import type { World } from '../context.ts'
import { nextAttempt } from '../outbound/schedule.ts'

export const opensCircuit = 5
/** Index into the retry schedule: probes are at most 30 minutes apart, or longer if the receiver sends `Retry-After`. */
const probePauseMax = 3

/** Returns the time of the next probe. `failuresBefore` is the number of consecutive failures without the newest one. */
export function circuitOpenUntil(world: World, failuresBefore: number, retryAfter: string | null): string {
  const probes = Math.max(0, failuresBefore + 1 - opensCircuit)
  const next = nextAttempt(world, Math.min(probes + 1, probePauseMax), retryAfter) ?? world.now()
  return next.toISOString()
}
