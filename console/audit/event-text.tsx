/** Audit events as text: actor, action and target. */

import { Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import type { auditEvents } from '@mintmark/contract'
import { formatDateTime } from '../parts/time.tsx'
import { TokenLink } from '../tokens/token-link.tsx'
import { LastSix } from '../tokens/token-text.tsx'
import { changesIn } from './changes.ts'
import { ActorName, useNameOf } from './event-names.tsx'
import { sentenceOf } from './sentences.ts'

export type Event = Found<typeof auditEvents>

/** One sentence per event. Names come from the surrounding `EventNames`. `isLinked`: not within a button or link. */
export function EventSentence({ of, isLinked = false }: { of: Event; isLinked?: boolean }) {
  const { predicate, object, tail } = sentenceOf(of, useNameOf())
  return (
    <>
      <ActorName of={of} /> {predicate}{' '}
      {object && <b className="break">{isLinked ? <Target of={of} name={object} /> : object}</b>} {tail}
      {(of.times ?? 1) > 1 && <span className="quiet"> {of.times} times</span>}
    </>
  )
}

/** Tokens are linked. Events of the installation name no single token. */
const Target = ({ of: { subjectType, subjectId }, name }: { of: Event; name: string }) =>
  subjectType === 'access-tokens' && subjectId ? (
    <TokenLink id={subjectId} isInSentence>
      {name}
    </TokenLink>
  ) : (
    name
  )

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
