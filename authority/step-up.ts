import { Refusal } from './context.ts'

/** Throws unless the person re-authenticated recently, so an unattended session or a stolen cookie is not enough. */
export function requireStepUp(hasSteppedUp: boolean): void {
  if (!hasSteppedUp) throw new Refusal('step-up-required', { detail: 'Re-authenticate, then repeat the request.' })
}
