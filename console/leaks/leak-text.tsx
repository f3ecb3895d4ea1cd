/** Labels for leak reports and leak rules. */
import { Badge } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { type leakReports, leakSources } from '@mintmark/contract'

export type Leak = Found<typeof leakReports>
export type LeakAction = 'revoke' | 'rotate' | 'notify'

export const leakActions: Readonly<Record<LeakAction, { readonly label: string; readonly about: string }>> = {
  revoke: { label: 'Revoke now', about: 'Requests that use the token start failing immediately.' },
  rotate: { label: 'Expire after an overlap', about: 'The owner is notified and can rotate the token until then.' },
  notify: { label: 'Notify only', about: 'The owner is notified. The token keeps working.' },
}

export const sources = Object.entries(leakSources).map(([value, label]) => ({ value, label }))

export const sourceName = (source: string | undefined): string =>
  sources.find(({ value }) => value === source)?.label ?? source ?? ''

/** The location: repository and file (`src/deploy.sh:12`), URL, or unknown. */
export function locationText({ repository, path, line, url }: Leak): string {
  const file = path ? `${path}${line ? `:${line}` : ''}` : null
  if (repository) return file ? `${repository}, ${file}` : repository
  return file ?? (url ? url.replace(/^https?:\/\//, '') : 'Unknown location')
}

/** Returns the URL if it is safe to link, that is http or https. */
export const safeUrl = ({ url }: Leak): string | null => (url && /^https?:\/\//.test(url) ? url : null)

const states = {
  active: { label: 'Active', color: 'red' },
  expiring: { label: 'Expiring', color: 'yellow' },
  inactive: { label: 'Inactive', color: 'gray' },
} as const

export function LeakState({ of }: { of: Leak['tokenState'] }) {
  return of ? <Badge color={states[of].color}>{states[of].label}</Badge> : null
}

export const actionTakenLabels: Readonly<Record<NonNullable<Leak['actionTaken']>, string>> = {
  revoked: 'Revoked',
  expiring: 'Expires after an overlap',
  notified: 'Owner notified',
  inactive: 'Already inactive',
}

export const resolutionLabels: Readonly<Record<NonNullable<Leak['resolution']>, string>> = {
  revoked: 'Token revoked',
  'false-positive': 'False positive',
  accepted: 'Risk accepted',
  other: 'Other reason',
}

/** Shown only if the report is resolved. */
export const Resolution = ({ of }: { of: Leak['resolution'] }) =>
  of ? <Badge color="gray">Resolved: {resolutionLabels[of]}</Badge> : null

/** The confidence in the location. The token itself is always verified. */
export const confidenceText = {
  confirmed: { label: 'Confirmed', about: 'A known reporter provided the location' },
  'no-location': {
    label: 'Unknown location',
    about: 'A known reporter found the token but did not provide the location',
  },
  claimed: { label: 'Unverified', about: 'Reported by someone who has the token, without signing in' },
} as const
export type Confidence = keyof typeof confidenceText

export const visibilityLabels = { public: 'Public', private: 'Private', unknown: 'Unknown' } as const
