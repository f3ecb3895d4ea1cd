/** Leak reports in words: where a token lay, what became of it, what follows by which rule. */
import { Badge } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { type leakReports, leakSources } from '@mintmark/contract'

export type Leak = Found<typeof leakReports>
export type LeakAnswer = 'revoke' | 'rotate' | 'notify'

export const answerWords: Readonly<Record<LeakAnswer, { readonly label: string; readonly about: string }>> = {
  revoke: { label: 'End it at once', about: 'Whatever uses it fails from the next request on.' },
  rotate: { label: 'End it after an overlap', about: 'Its holder is told and has that long to rotate it.' },
  notify: { label: 'Only tell', about: 'The owner is told; the token lives on.' },
}

export const sources = Object.entries(leakSources).map(([value, label]) => ({ value, label }))

export const sourceName = (source: string | undefined): string =>
  sources.find(({ value }) => value === source)?.label ?? source ?? ''

/** `src/deploy.sh:12`, the address, or that nobody said. */
export function placeOf({ repository, path, line, url }: Leak): string {
  const file = path ? `${path}${line ? `:${line}` : ''}` : null
  if (repository) return file ? `${repository}, ${file}` : repository
  return file ?? (url ? url.replace(/^https?:\/\//, '') : 'An unknown place')
}

/** Only an address that a browser may be sent to from here. */
export const linkOf = ({ url }: Leak): string | null => (url && /^https?:\/\//.test(url) ? url : null)

const states = {
  live: { label: 'Alive', color: 'red' },
  ending: { label: 'Ending', color: 'yellow' },
  ended: { label: 'Ended', color: 'gray' },
} as const

export function LeakState({ of }: { of: Leak['tokenState'] }) {
  return of ? <Badge color={states[of].color}>{states[of].label}</Badge> : null
}

export const answered: Readonly<Record<NonNullable<Leak['answer']>, string>> = {
  revoked: 'Ended by the report',
  ending: 'Ends after an overlap',
  notified: 'The owner was told',
  dead: 'It had ended before',
}

/** How far to believe where it lay. That the token is real is proven for each. */
export const confidences = {
  confirmed: { label: 'Confirmed', about: 'A known reporter says where' },
  unplaced: { label: 'Not told', about: 'A known reporter found it and does not say where' },
  claimed: { label: 'Claimed', about: 'Whoever held it says so, without a login' },
} as const
export type Confidence = keyof typeof confidences

export const locationKinds = { public: 'Public', private: 'Private', unknown: 'Unknown' } as const
