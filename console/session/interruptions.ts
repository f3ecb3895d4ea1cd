/** Why the page waits for the person before it goes on. One at a time; everything that waits goes on together. */
import { useSyncExternalStore } from 'react'

export type Interruption =
  | { readonly kind: 'none' }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'proof' }
  /** In another tab. The page is still of whoever was here before. */
  | { readonly kind: 'other-person'; readonly email: string }

const none: Interruption = { kind: 'none' }
let current: Interruption = none
let waiting: ((goesOn: boolean) => void)[] = []
/** Whether somebody was signed in on this page: before that, a page sends to the sign-in page instead of asking over it. */
let hasBegun = false
const listeners = new Set<() => void>()

/** Resolves to true when the request may be sent again, to false when the person gave up. */
export function interrupt(kind: 'sign-in' | 'proof'): Promise<boolean> {
  if (kind === 'sign-in' && !hasBegun) return Promise.resolve(false)
  if (current.kind === 'none') change({ kind })
  return new Promise((goesOn) => waiting.push(goesOn))
}

/** Somebody else has the session now: nothing more may be sent from this page as if it were the one before. */
export function meet(email: string): void {
  change({ kind: 'other-person', email })
}

/** The one who belongs here is back, through another tab. */
export function comeBack(): void {
  if (current.kind === 'sign-in' || current.kind === 'other-person') answer(true)
}

export function answer(goesOn: boolean): void {
  const released = waiting
  waiting = []
  change(none)
  for (const each of released) each(goesOn)
}

export function begin(): void {
  hasBegun = true
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
