/** What a subject can do where, and because of which policy: its own and those of its teams, role by role. */

import { Text } from '@mantine/core'
import { accessPolicies, roles, teams } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Loaded, Nothing } from '../parts/states.tsx'
import { everyOf, useByIds } from '../queries.ts'
import { PermissionList } from './permission-text.tsx'
import { type Policy, type Scope, ScopeName, scopeOf } from './scope.tsx'

interface WhatItMay {
  readonly filters: { readonly serviceAccount?: string; readonly user?: string; readonly team?: string }
  /** Whose policies count too. */
  readonly teamIds?: readonly string[]
  readonly pronoun: string
}

interface Line {
  readonly id: string
  readonly scope: Scope
  readonly roleId: string
  readonly teamId: string | null
}

export function EffectivePermissions({ filters, teamIds = [], pronoun }: WhatItMay) {
  const own = useQuery(everyOf(accessPolicies, 'list', { filters }))
  const inherited = useQuery({
    ...everyOf(accessPolicies, 'list', { filters: { team: `in:${teamIds.join(',')}` } }),
    enabled: teamIds.length > 0,
  })
  const lines = [...(own.data ?? []), ...(inherited.data ?? [])].flatMap(linesOf)
  const known = useByIds(
    roles,
    lines.map(({ roleId }) => roleId),
  )
  const groups = useByIds(
    teams,
    lines.map(({ teamId }) => teamId),
  )
  const columns: readonly Column<Line>[] = [
    { name: 'Where', cell: ({ scope }) => <ScopeName of={scope} /> },
    { name: 'May', cell: ({ roleId }) => <PermissionList of={known.get(roleId)?.permissions ?? []} /> },
    {
      name: 'Because',
      cell: ({ roleId, teamId }) => (
        <Text size="sm">
          {teamId
            ? `team ${groups.get(teamId)?.name ?? teamId} has`
            : `${pronoun} ${pronoun === 'you' ? 'have' : 'has'}`}{' '}
          the role <b>{known.get(roleId)?.name ?? roleId}</b> there
        </Text>
      ),
    },
  ]
  return (
    <Panel title={`What ${pronoun} can do, and why`} flush>
      <Loaded of={own} rows={2}>
        {() =>
          lines.length === 0 ? (
            <Nothing title="Nothing at all">
              Without an access policy every request but those about its own token is refused.
            </Nothing>
          ) : (
            <Records label="Effective rights" rows={lines} columns={columns} />
          )
        }
      </Loaded>
    </Panel>
  )
}

const linesOf = (policy: Policy): Line[] =>
  (policy.roles ?? []).map((roleId) => ({
    id: `${policy.id} ${roleId}`,
    scope: scopeOf(policy),
    roleId,
    teamId: policy.teamId ?? null,
  }))
