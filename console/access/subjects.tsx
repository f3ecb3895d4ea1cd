/** Names and status of users, teams and service accounts. */

import { Anchor, Badge } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { serviceAccounts, teams, users } from '@mintmark/contract'
import { Link } from '@tanstack/react-router'
import { useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import type { Policy } from './scope.tsx'

type Person = Found<typeof users>

export const displayName = ({ fullName, email }: Partial<Person>): string => fullName || email || ''

export const statusColors = { Active: 'mint', Inactive: 'gray', Pending: 'yellow' } as const

export function Status({ of }: { of: keyof typeof statusColors | undefined }) {
  return of ? <Badge color={statusColors[of]}>{of}</Badge> : null
}

export function TeamLinks({ ids }: { ids: readonly string[] }) {
  const account = useAccount()
  const known = useRecordsById(teams, ids)
  if (ids.length === 0) return <span className="quiet">None</span>
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

/** The subject of an access policy. */
export function SubjectName({ of }: { of: Policy }) {
  const account = useAccount()
  const knownUsers = useRecordsById(users, [of.userId])
  const knownTeams = useRecordsById(teams, [of.teamId])
  const knownServiceAccounts = useRecordsById(serviceAccounts, [of.serviceAccountId])
  const [kind, place, id, name] = of.userId
    ? (['User', 'users', of.userId, displayName(knownUsers.get(of.userId) ?? {})] as const)
    : of.teamId
      ? (['Team', 'teams', of.teamId, knownTeams.get(of.teamId)?.name] as const)
      : ([
          'Service account',
          'service-accounts',
          of.serviceAccountId ?? '',
          knownServiceAccounts.get(of.serviceAccountId ?? '')?.name,
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
