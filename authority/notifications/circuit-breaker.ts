/**
 * A receiver that fails again and again rests: what is due to it waits, and one delivery at a time tries whether it is
 * back. So a dead receiver costs an attempt or two an hour, however much waits for it.
 */
import type { World } from '../context.ts'
import { nextAttempt } from '../outbound/schedule.ts'

export const opensCircuit = 5
/** Half an hour, when the first trials failed too. A receiver may ask for more. */
const longest = 3

/** Until when a receiver rests that failed so often in a row, the newest failure not counted. */
export function circuitOpenUntil(world: World, failuresBefore: number, retryAfter: string | null): string {
  const trials = Math.max(0, failuresBefore + 1 - opensCircuit)
  const next = nextAttempt(world, Math.min(trials + 1, longest), retryAfter) ?? world.now()
  return next.toISOString()
}
