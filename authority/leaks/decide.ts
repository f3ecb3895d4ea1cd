/** What a found token leads to: pure functions over plain data. */
import type { LeakSource } from '@mintmark/contract'
import type { Confidence, LeakAnswer, LeakRules } from '../tokens/security-rules/rules.ts'

export type LocationKind = 'public' | 'private' | 'unknown'

/** Where a token was found, as far as it was said. */
export interface Where {
  readonly repository?: string | null | undefined
  readonly path?: string | null | undefined
  readonly commit?: string | null | undefined
  readonly url?: string | null | undefined
}

/** The source of whoever proved to hold the token by sending it without a login. */
export const holder: LeakSource = 'holder'

/** How far to believe where a token lay. Every source but the holder is known by its signature, its token or its address. */
export function confidenceOf(source: string, { repository, path, commit, url }: Where): Confidence {
  if (source === holder) return 'claimed'
  return repository || path || commit || url ? 'confirmed' : 'unplaced'
}

export interface Finding {
  readonly source: string
  readonly confidence: Confidence
  readonly locationKind: LocationKind
}

/** A token found in an unknown place is taken to be public; whoever holds it may end it, whatever the rules. */
export function decide(rules: LeakRules, { source, confidence, locationKind }: Finding): LeakAnswer {
  if (source === holder) return 'revoke'
  const exception = rules.sources.find(
    (each) => each.source === source && (each.confidence ?? confidence) === confidence,
  )
  return exception?.answer ?? (locationKind === 'private' ? rules.private : rules.public)
}

const strictness: readonly LeakAnswer[] = ['revoke', 'rotate', 'notify']

/** What the strictest of several accounts asks for; `overlap` is the shortest of those that ask for a rotation. */
export function decideStrictest(
  rules: readonly LeakRules[],
  finding: Finding,
): { readonly answer: LeakAnswer; readonly overlap: number } {
  const decided = rules.map((each) => ({ answer: decide(each, finding), overlap: each.overlap }))
  const answer = strictness.find((each) => decided.some((one) => one.answer === each)) ?? 'revoke'
  return { answer, overlap: Math.min(...decided.filter((one) => one.answer === answer).map(({ overlap }) => overlap)) }
}
