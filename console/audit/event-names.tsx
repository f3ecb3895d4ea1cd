/** Names of the people and service accounts in audit events and of the subjects of access policies, loaded for all rows of a page together. */
import { serviceAccounts, teams, users, workspaces } from '@mintmark/contract'
import { createContext, type ReactNode, useContext } from 'react'
import { displayName } from '../access/subjects.tsx'
import { useRecordsById } from '../queries.ts'
import type { Event } from './event-text.tsx'
import { type NameOf, policySubject } from './sentences.ts'

const Names = createContext<ReadonlyMap<string, string>>(new Map())

export function EventNames({ of, children }: { of: readonly Event[]; children: ReactNode }) {
  const named = of.flatMap((event) => {
    const policy = policySubject(event)
    // The subject of a policy that exists comes with the event.
    return [
      { type: event.actorType, id: event.actorId },
      // The server sends no names of users with events.
      ...(event.subjectType === users.type && event.subjectId ? [{ type: users.type, id: event.subjectId }] : []),
      ...(policy && !event.subjectName ? [policy] : []),
    ]
  })
  const idsOf = (wanted: string) => named.flatMap(({ type, id }) => (type === wanted ? [id] : []))
  const people = useRecordsById(users, idsOf(users.type))
  const others = [
    ...useRecordsById(serviceAccounts, idsOf(serviceAccounts.type)),
    ...useRecordsById(teams, idsOf(teams.type)),
  ]
  const names = new Map([
    ...[...people].map(([id, person]) => [id, displayName(person)] as const),
    ...others.map(([id, { name }]) => [id, name ?? id] as const),
  ])
  return <Names value={names}>{children}</Names>
}

export function useNameOf(): NameOf {
  const names = useContext(Names)
  return (id) => names.get(id)
}

const actorTypeLabels: Readonly<Record<string, string>> = {
  users: 'A user',
  'service-accounts': 'A service account',
  'agent-pools': 'An agent pool',
  system: 'Mintmark',
}

export function ActorName({ of: { actorType = '', actorId } }: { of: Pick<Event, 'actorType' | 'actorId'> }) {
  const names = useContext(Names)
  return <b className="break">{names.get(actorId ?? '') ?? actorTypeLabels[actorType] ?? actorId}</b>
}

const pages: Readonly<Record<string, string>> = {
  users: 'iam/users',
  'service-accounts': 'iam/service-accounts',
  teams: 'iam/teams',
  roles: 'iam/roles',
  environments: 'environments',
  'leak-reports': 'leak-reports',
  'access-tokens': 'tokens',
}

/** Returns the path of the page of an object below that of the account; null if there is none. */
export function usePagePath(type: string, id: string): string | null {
  const isWorkspace = type === workspaces.type
  const environment = useRecordsById(workspaces, isWorkspace ? [id] : []).get(id)?.environmentId
  if (isWorkspace) return environment ? `environments/${environment}/${id}` : null
  return pages[type] ? `${pages[type]}/${id}` : null
}
