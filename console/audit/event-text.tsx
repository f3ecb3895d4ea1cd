/** An audit event in words: who, what, to what. */

import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { auditEvents } from '@mintmark/contract'
import { LastSix } from '../tokens/token-text.tsx'
import { ActorName } from './actors.tsx'
import { sentenceOf } from './sentences.ts'

export type Event = Found<typeof auditEvents>

/** Who did what to what; the names of those who did come from `Actors` around it. */
export function Deed({ of }: { of: Event }) {
  const { deed, object } = sentenceOf(of)
  return (
    <>
      <ActorName of={of} /> {deed} {object && <b className="break">{object}</b>}
      {(of.times ?? 1) > 1 && <span className="quiet"> {of.times} times</span>}
    </>
  )
}

const words = (name: string) => {
  const spaced = name.replaceAll('-', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** What changed, member by member. Secrets are never among it. */
export function Changes({ of }: { of: Event }) {
  const after = (of.after ?? {}) as Record<string, unknown>
  const before = (of.before ?? {}) as Record<string, unknown>
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => told(before[name]) || told(after[name]),
  )
  if (names.length === 0) return null
  return (
    <Text size="sm" component="div" className="break">
      {names.slice(0, 6).map((name) => (
        <div key={name}>
          <span className="quiet">{words(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))}:</span>{' '}
          {told(before[name]) && (
            <>
              <s className="quiet">{told(before[name])}</s>{' '}
            </>
          )}
          {name === 'lastCharacters' ? <LastSix of={told(after[name]) ?? ''} /> : told(after[name])}
        </div>
      ))}
      {names.length > 6 && <span className="quiet">and {names.length - 6} more</span>}
    </Text>
  )
}

function told(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(', ') : null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
