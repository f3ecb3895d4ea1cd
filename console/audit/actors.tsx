/** Who did something, by the name they go by; asked for all rows of a page together. */
import { serviceAccounts, users } from '@mintmark/contract'
import { createContext, type ReactNode, useContext } from 'react'
import { nameOfPerson } from '../access/people.tsx'
import { useByIds } from '../queries.ts'
import type { Event } from './event-text.tsx'

const Names = createContext<ReadonlyMap<string, string>>(new Map())

export function Actors({ of, children }: { of: readonly Event[]; children: ReactNode }) {
  const idsOf = (type: string) => of.flatMap(({ actorType, actorId }) => (actorType === type ? [actorId] : []))
  const people = useByIds(users, idsOf('users'))
  const machines = useByIds(serviceAccounts, idsOf('service-accounts'))
  const names = new Map([
    ...[...people].map(([id, person]) => [id, nameOfPerson(person)] as const),
    ...[...machines].map(([id, { name }]) => [id, name ?? id] as const),
  ])
  return <Names value={names}>{children}</Names>
}

const kinds: Readonly<Record<string, string>> = {
  users: 'A person',
  'service-accounts': 'A service account',
  'agent-pools': 'An agent pool',
  system: 'Mintmark',
}

export function ActorName({ of: { actorType = '', actorId } }: { of: Event }) {
  const names = useContext(Names)
  return <b className="break">{names.get(actorId ?? '') ?? kinds[actorType] ?? actorId}</b>
}
