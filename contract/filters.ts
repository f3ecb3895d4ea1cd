/** The value type of each filter. Filters that are not listed here accept text, such as IDs and names. */
import type { JsonSchema } from './attributes.ts'

export type FilterKind = 'text' | 'instant' | 'boolean' | 'days'

const kinds: Readonly<Record<string, FilterKind>> = {
  after: 'instant',
  before: 'instant',
  expiresAfter: 'instant',
  expiresBefore: 'instant',
  expiresWithinDays: 'days',
  hasAccessPolicies: 'boolean',
  hasExpiry: 'boolean',
  hasOwners: 'boolean',
  isExpired: 'boolean',
  isOverPrivileged: 'boolean',
  isRead: 'boolean',
  isUsed: 'boolean',
  unusedForDays: 'days',
  vcsEnabled: 'boolean',
}

export const filterKind = (name: string): FilterKind => (Object.hasOwn(kinds, name) ? (kinds[name] ?? 'text') : 'text')

/** Ten years. */
export const filterDaysMax = 3_650

export const filterSchemas: Readonly<Record<FilterKind, JsonSchema>> = {
  text: { type: 'string' },
  instant: { type: 'string', format: 'date-time' },
  boolean: { type: 'boolean' },
  days: { type: 'integer', minimum: 1, maximum: filterDaysMax },
}

export const instantDetail = 'Expected a time with a zone, such as 2027-03-01T10:00:00Z or 2027-03-01T10:00:00+10:00.'

const time = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([ +-])(\d{2}):(\d{2})))?$/

/**
 * Parses an RFC 3339 time, or a date as its midnight in UTC. Returns the UTC time in the format in which times are
 * stored, or undefined if it is invalid, such as February 29 in most years. A space is accepted for an unencoded `+`.
 */
export function parseInstant(text: string): string | undefined {
  const match = time.exec(text)
  if (!match) return undefined
  const part = (at: number) => Number(match[at] ?? 0)
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [number, ...number[]]
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const at = new Date(0)
  at.setUTCFullYear(year, (month as number) - 1, day)
  at.setUTCHours(hour as number, minute, second, milliseconds)
  const written = `${match[1]}-${match[2]}-${match[3]}T${match[4] ?? '00'}:${match[5] ?? '00'}:${match[6] ?? '00'}`
  if (!at.toISOString().startsWith(written) || part(9) > 23 || part(10) > 59) return undefined
  const offset = (part(9) * 60 + part(10)) * 60_000 * (match[8] === '-' ? 1 : -1)
  const utc = new Date(at.getTime() + offset).toISOString()
  // Years with more than four digits are written with a sign and would not sort correctly as text.
  return utc.length === 24 ? utc : undefined
}
