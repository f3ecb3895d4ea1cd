/** People, teams and service accounts, by the names they go by. */

import { Anchor, Badge } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { serviceAccounts, teams, users } from '@mintmark/contract'
import { Link } from '@tanstack/react-router'
import { useByIds } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import type { Policy } from './scope.tsx'

type Person = Found<typeof users>

export const nameOfPerson = ({ fullName, email }: Partial<Person>): string => fullName || email || ''

export const statusColors = { Active: 'mint', Inactive: 'gray', Pending: 'yellow' } as const

export function Status({ of }: { of: keyof typeof statusColors | undefined }) {
  return of ? <Badge color={statusColors[of]}>{of}</Badge> : null
}

export function TeamNames({ ids }: { ids: readonly string[] }) {
  const account = useAccount()
  const known = useByIds(teams, ids)
  if (ids.length === 0) return <span className="quiet">none</span>
  return (
    <span>
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <Anchor component={Link} to={`/${account.id}/iam/teams/${id}`}>
            {known.get(id)?.name ?? id}
          </Anchor>
        </span>
      ))}
    </span>
  )
}

/** Whom a policy is for. */
export function SubjectName({ of }: { of: Policy }) {
  const account = useAccount()
  const people = useByIds(users, [of.userId])
  const groups = useByIds(teams, [of.teamId])
  const machines = useByIds(serviceAccounts, [of.serviceAccountId])
  const [kind, place, id, name] = of.userId
    ? (['Person', 'users', of.userId, nameOfPerson(people.get(of.userId) ?? {})] as const)
    : of.teamId
      ? (['Team', 'teams', of.teamId, groups.get(of.teamId)?.name] as const)
      : ([
          'Service account',
          'service-accounts',
          of.serviceAccountId ?? '',
          machines.get(of.serviceAccountId ?? '')?.name,
        ] as const)
  return (
    <>
      <Anchor component={Link} to={`/${account.id}/iam/${place}/${id}`} fw={600} className="break">
        {name || id}
      </Anchor>
      <div className="quiet">{kind}</div>
    </>
  )
}
