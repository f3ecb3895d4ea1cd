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
  const { kind, list, id, name } = useSubject(of)
  return (
    <>
      <Anchor component={Link} to={`/${account.id}/iam/${list}/${id}`} fw={600} className="break">
        {name}
      </Anchor>
      <div className="quiet">{kind}</div>
    </>
  )
}

/** The title of a dialog on an access policy, such as "Change roles of team “Platform”". */
export function PolicyTitle({ action, of, mark = '' }: { action: string; of: Policy; mark?: string }) {
  const { kind, name } = useSubject(of)
  return `${action} of ${kind.toLowerCase()} “${name}”${mark}`
}

function useSubject({ userId, teamId, serviceAccountId }: Policy) {
  const user = useRecordsById(users, [userId]).get(userId ?? '')
  const team = useRecordsById(teams, [teamId]).get(teamId ?? '')
  const serviceAccount = useRecordsById(serviceAccounts, [serviceAccountId]).get(serviceAccountId ?? '')
  if (userId) return { kind: 'User', list: 'users', id: userId, name: displayName(user ?? {}) || userId }
  if (teamId) return { kind: 'Team', list: 'teams', id: teamId, name: team?.name ?? teamId }
  const id = serviceAccountId ?? ''
  return { kind: 'Service account', list: 'service-accounts', id, name: serviceAccount?.name ?? id }
}
