import { Refusal } from './context.ts'

/** Throws unless the person re-authenticated recently: a session left open, or a stolen cookie, grants no power. */
export function requireStepUp(hasSteppedUp: boolean): void {
  if (!hasSteppedUp) throw new Refusal('step-up-required', { detail: 'Prove that it is you, then ask again.' })
}
