/** Audit events as text: actor, action and target. */

import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { auditEvents } from '@mintmark/contract'
import { LastSix } from '../tokens/token-text.tsx'
import { ActorName } from './actor-names.tsx'
import { sentenceOf } from './sentences.ts'

export type Event = Found<typeof auditEvents>

/** One sentence per event. Actor names come from the surrounding `ActorNames`. */
export function EventSentence({ of }: { of: Event }) {
  const { predicate, object } = sentenceOf(of)
  return (
    <>
      <ActorName of={of} /> {predicate} {object && <b className="break">{object}</b>}
      {(of.times ?? 1) > 1 && <span className="quiet"> {of.times} times</span>}
    </>
  )
}

const fieldLabel = (name: string) => {
  const spaced = name.replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** The changed fields. Audit events never contain secrets. */
export function Changes({ of }: { of: Event }) {
  const after = (of.after ?? {}) as Record<string, unknown>
  const before = (of.before ?? {}) as Record<string, unknown>
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => formatValue(before[name]) || formatValue(after[name]),
  )
  if (names.length === 0) return null
  return (
    <Text size="sm" component="div" className="break">
      {names.slice(0, 6).map((name) => (
        <div key={name}>
          <span className="quiet">{fieldLabel(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))}:</span>{' '}
          {formatValue(before[name]) && (
            <>
              <s className="quiet">{formatValue(before[name])}</s>{' '}
            </>
          )}
          {name === 'lastCharacters' ? <LastSix of={formatValue(after[name]) ?? ''} /> : formatValue(after[name])}
        </div>
      ))}
      {names.length > 6 && <span className="quiet">and {names.length - 6} more</span>}
    </Text>
  )
}

function formatValue(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(', ') : null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
