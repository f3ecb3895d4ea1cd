/** Interruptions that require the user, one at a time. All waiting requests continue together. */
import { useSyncExternalStore } from 'react'

export type Interruption =
  | { readonly kind: 'none' }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'step-up' }
  /** Another user signed in in another tab. The page still belongs to the previous user. */
  | { readonly kind: 'other-user'; readonly email: string }

const none: Interruption = { kind: 'none' }
let current: Interruption = none
let waiting: ((isResolved: boolean) => void)[] = []
/** Whether a user was signed in on this page. Otherwise pages redirect to the sign-in page instead of showing a dialog. */
let wasSignedIn = false
const listeners = new Set<() => void>()

/** Resolves to true if the request can be sent again, to false if the user canceled. */
export function interrupt(kind: 'sign-in' | 'step-up'): Promise<boolean> {
  if (kind === 'sign-in' && !wasSignedIn) return Promise.resolve(false)
  if (current.kind === 'none') change({ kind })
  return new Promise((isResolved) => waiting.push(isResolved))
}

/** Another user has the session now: this page must not send requests for the previous user. */
export function reportOtherUser(email: string): void {
  change({ kind: 'other-user', email })
}

/** The user of this page has signed in again in another tab. */
export function resumeSession(): void {
  if (current.kind === 'sign-in' || current.kind === 'other-user') resolveInterruption(true)
}

export function resolveInterruption(isResolved: boolean): void {
  const released = waiting
  waiting = []
  change(none)
  for (const each of released) each(isResolved)
}

export function markSignedIn(): void {
  wasSignedIn = true
}

export const useInterruption = (): Interruption => useSyncExternalStore(listen, () => current)

function change(next: Interruption): void {
  current = next
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
