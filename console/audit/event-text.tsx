/** Audit events as text: actor, action and target. */

import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { auditEvents } from '@mintmark/contract'
import { formatDateTime } from '../parts/time.tsx'
import { LastSix } from '../tokens/token-text.tsx'
import { changesIn } from './changes.ts'
import { ActorName, useNameOf } from './event-names.tsx'
import { sentenceOf } from './sentences.ts'

export type Event = Found<typeof auditEvents>

/** One sentence per event. Actor names come from the surrounding `EventNames`. */
export function EventSentence({ of }: { of: Event }) {
  const { predicate, object, tail } = sentenceOf(of, useNameOf())
  return (
    <>
      <ActorName of={of} /> {predicate} {object && <b className="break">{object}</b>} {tail}
      {(of.times ?? 1) > 1 && <span className="quiet"> {of.times} times</span>}
    </>
  )
}

/** The changed fields. Audit events never contain secrets. */
export function Changes({ of }: { of: Event }) {
  const changes = changesIn(of, formatDateTime).filter(({ before, after }) => before || after)
  if (changes.length === 0) return null
  return (
    <Text size="sm" component="div" className="break">
      {changes.slice(0, 6).map(({ name, label, before, after }) => (
        <div key={name}>
          <span className="quiet">{label}:</span> {before && <s className="quiet">{before}</s>}{' '}
          {name === 'lastCharacters' ? <LastSix of={after ?? ''} /> : after}
        </div>
      ))}
      {changes.length > 6 && <span className="quiet">and {changes.length - 6} more</span>}
    </Text>
  )
}

/** What acted without a token. */
export const clientOf = (actorType: string | undefined) => (actorType === 'users' ? 'Console' : 'None')
