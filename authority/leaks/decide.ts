/** What a found token leads to: one pure function over plain data. */

import type { LeakAnswer, LeakRules } from '../security-rules/rules.ts'

export type PlaceKind = 'public' | 'private' | 'unknown'

/** The source of whoever proved to hold the token by sending it without a login. */
export const holder = 'holder'

/** A token found in an unknown place is taken to be public; whoever holds it may end it, whatever the rules. */
export function decide(rules: LeakRules, source: string, placeKind: PlaceKind): LeakAnswer {
  if (source === holder) return 'revoke'
  const exception = rules.sources.find((each) => each.source === source)
  return exception?.answer ?? (placeKind === 'private' ? rules.private : rules.public)
}
