/** The effective permissions of a subject, from its own access policies and those of its teams. */

import { Text } from '@mantine/core'
import { roles, teams } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { EmptyState, Loaded } from '../parts/states.tsx'
import { useRecordsById } from '../queries.ts'
import { PermissionList } from './permission-text.tsx'
import { policiesQuery } from './policies.ts'
import { type Policy, type Scope, ScopeName, scopeOf } from './scope.tsx'

interface EffectivePermissionsProps {
  readonly filters: { readonly serviceAccount?: string; readonly user?: string; readonly team?: string }
  /** Teams whose access policies apply too. */
  readonly teamIds?: readonly string[]
}

interface PermissionRow {
  readonly id: string
  readonly scope: Scope
  readonly roleId: string
  readonly teamId: string | null
}

export function EffectivePermissions({ filters, teamIds = [] }: EffectivePermissionsProps) {
  const own = useQuery(policiesQuery(filters))
  const inherited = useQuery({
    ...policiesQuery({ team: `in:${teamIds.join(',')}` }),
    enabled: teamIds.length > 0,
  })
  const lines = [...(own.data ?? []), ...(inherited.data ?? [])].flatMap(rowsOf)
  const known = useRecordsById(
    roles,
    lines.map(({ roleId }) => roleId),
  )
  const knownTeams = useRecordsById(
    teams,
    lines.map(({ teamId }) => teamId),
  )
  const columns: readonly Column<PermissionRow>[] = [
    { name: 'Scope', cell: ({ scope }) => <ScopeName of={scope} /> },
    { name: 'Permissions', cell: ({ roleId }) => <PermissionList of={known.get(roleId)?.permissions ?? []} /> },
    {
      name: 'Granted by',
      cell: ({ roleId, teamId }) => (
        <Text size="sm">
          Role <b>{known.get(roleId)?.name ?? roleId}</b>
          {teamId && ` through team ${knownTeams.get(teamId)?.name ?? teamId}`}
        </Text>
      ),
    },
  ]
  return (
    <Panel title="Effective permissions" flush>
      <Loaded of={own} rows={2}>
        {() =>
          lines.length === 0 ? (
            <EmptyState title="No access yet">Add an access policy to grant permissions.</EmptyState>
          ) : (
            <Records label="Effective permissions" rows={lines} columns={columns} />
          )
        }
      </Loaded>
    </Panel>
  )
}

const rowsOf = (policy: Policy): PermissionRow[] =>
  (policy.roles ?? []).map((roleId) => ({
    id: `${policy.id} ${roleId}`,
    scope: scopeOf(policy),
    roleId,
    teamId: policy.teamId ?? null,
  }))
