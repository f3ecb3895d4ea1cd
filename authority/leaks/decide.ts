/** Decides what to do about a leaked token. Pure functions over plain data. */
import type { LeakSource } from '@mintmark/contract'
import type { Confidence, LeakRules, RuleAction } from '../tokens/security-rules/rules.ts'

export type LocationKind = 'public' | 'private' | 'unknown'

/** The reported location of a token. */
export interface ReportedLocation {
  readonly repository?: string | null | undefined
  readonly path?: string | null | undefined
  readonly commit?: string | null | undefined
  readonly url?: string | null | undefined
}

/** The source of reports that anybody can send without authentication: they contain the token itself. */
export const holder: LeakSource = 'holder'

/** Returns how reliable the location is. All sources except `holder` authenticate by signature, token or URL. */
export function confidenceOf(source: string, { repository, path, commit, url }: ReportedLocation): Confidence {
  if (source === holder) return 'claimed'
  return repository || path || commit || url ? 'confirmed' : 'no-location'
}

export interface Finding {
  readonly source: string
  readonly confidence: Confidence
  readonly locationKind: LocationKind
}

/** An unknown location counts as public. A report by a token holder always revokes the token, regardless of the rules. */
export function decide(rules: LeakRules, { source, confidence, locationKind }: Finding): RuleAction {
  if (source === holder) return 'revoke'
  const exception = rules.sources.find(
    (each) => each.source === source && (each.confidence ?? confidence) === confidence,
  )
  return exception?.action ?? (locationKind === 'private' ? rules.private : rules.public)
}

const strictness: readonly RuleAction[] = ['revoke', 'rotate', 'notify']

/** Returns the strictest action of several accounts, with the shortest `overlap` among the accounts that require it. */
export function decideStrictest(
  rules: readonly LeakRules[],
  finding: Finding,
): { readonly action: RuleAction; readonly overlap: number } {
  const decided = rules.map((each) => ({ action: decide(each, finding), overlap: each.overlap }))
  const action = strictness.find((each) => decided.some((one) => one.action === each)) ?? 'revoke'
  return { action, overlap: Math.min(...decided.filter((one) => one.action === action).map(({ overlap }) => overlap)) }
}
