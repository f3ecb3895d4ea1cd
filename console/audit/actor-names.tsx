/** Names of the actors of audit events, loaded for all rows of a page together. */
import { serviceAccounts, users } from '@mintmark/contract'
import { createContext, type ReactNode, useContext } from 'react'
import { displayName } from '../access/subjects.tsx'
import { useRecordsById } from '../queries.ts'
import type { Event } from './event-text.tsx'

const Names = createContext<ReadonlyMap<string, string>>(new Map())

type Actor = Pick<Event, 'actorType' | 'actorId'>

export function ActorNames({ of, children }: { of: readonly Actor[]; children: ReactNode }) {
  const idsOf = (type: string) => of.flatMap(({ actorType, actorId }) => (actorType === type ? [actorId] : []))
  const knownUsers = useRecordsById(users, idsOf('users'))
  const knownServiceAccounts = useRecordsById(serviceAccounts, idsOf('service-accounts'))
  const names = new Map([
    ...[...knownUsers].map(([id, person]) => [id, displayName(person)] as const),
    ...[...knownServiceAccounts].map(([id, { name }]) => [id, name ?? id] as const),
  ])
  return <Names value={names}>{children}</Names>
}

const actorTypeLabels: Readonly<Record<string, string>> = {
  users: 'A user',
  'service-accounts': 'A service account',
  'agent-pools': 'An agent pool',
  system: 'Mintmark',
}

export function ActorName({ of: { actorType = '', actorId } }: { of: Actor }) {
  const names = useContext(Names)
  return <b className="break">{names.get(actorId ?? '') ?? actorTypeLabels[actorType] ?? actorId}</b>
}
