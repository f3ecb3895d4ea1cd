/** The changed fields of audit events as text, with names in words. */
import type { Event } from './event-text.tsx'

export interface Change {
  readonly name: string
  readonly label: string
  /** Null if the field had or has no value. */
  readonly before: string | null
  readonly after: string | null
}

type TimeText = (instant: string) => string

export function changesIn({ before, after }: Pick<Event, 'before' | 'after'>, timeText: TimeText): readonly Change[] {
  const [old, current] = [before ?? {}, after ?? {}] as Record<string, unknown>[]
  return [...new Set([...Object.keys(old ?? {}), ...Object.keys(current ?? {})])].map((name) => ({
    name,
    label: fieldLabel(name),
    before: valueText(old?.[name], timeText),
    after: valueText(current?.[name], timeText),
  }))
}

const abbreviations = ['hcl', 'id', 'ids', 'ip', 'ips', 'url', 'vcs']

/** "Owner ID" for `ownerId`. */
function fieldLabel(name: string): string {
  const words = name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('-', ' ')
    .split(' ')
    .map((word) => (abbreviations.includes(word) ? word.toUpperCase().replace(/S$/, 's') : word))
    .join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

function valueText(value: unknown, timeText: TimeText): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'string') return instant.test(value) ? timeText(value) : value
  if (Array.isArray(value))
    return value.length > 0 ? value.map((each) => valueText(each, timeText) ?? '').join(', ') : null
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${fieldLabel(name)}: ${valueText(member, timeText) ?? 'none'}`,
  )
  return members.length > 0 ? members.join('; ') : null
}
