/** The users, teams and service accounts that have a role in an environment or workspace, and where it is granted. */
import { Anchor, Group, Stack } from '@mantine/core'
import { accessPolicies } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { PlusIcon, ShieldCheckIcon } from '@primer/octicons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ActionButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { RoleNames } from './policies-panel.tsx'
import type { PolicyDialogState } from './policy-dialog.tsx'
import { type Policy, policyRelations, type Scope, ScopeName, scopeOf } from './scope.tsx'
import { SubjectName } from './subjects.tsx'

const PolicyDialog = lazyComponent(async () => (await import('./policy-dialog.tsx')).PolicyDialog)

/** Policies of the enclosing scopes apply too. Members of a team have its access through the team. */
export function WhoHasAccess({ at, scope }: { at: ScopePath; scope: Scope }) {
  const denialReason = useDenialReason()
  const [dialog, setDialog] = useState<PolicyDialogState>({ what: 'nothing' })
  return (
    <Stack gap={12}>
      <Group justify="flex-end">
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => setDialog({ what: 'add' })}
          disabledReason={denialReason(`${scope.kind}s:set-access-policies`, at)}
        >
          Grant access
        </ActionButton>
      </Group>
      <Listing
        label="Who has access"
        of={accessPolicies}
        operation="list"
        request={{ filters: { appliesTo: scope.id ?? '' }, include: policyRelations }}
        columns={columns}
        sort="subjectName"
        empty={<EmptyState icon={ShieldCheckIcon} title="No access policies apply here" />}
      />
      <PolicyDialog dialog={dialog} subject={null} scope={scope} onClose={() => setDialog({ what: 'nothing' })} />
    </Stack>
  )
}

const columns: readonly Column<Policy>[] = [
  { name: 'Name', sort: 'subjectName', cell: (policy) => <SubjectName of={policy} /> },
  { name: 'Roles', cell: ({ roles }) => <RoleNames ids={roles ?? []} /> },
  { name: 'Granted on', cell: (policy) => <PolicyLink of={policy} /> },
]

/** Links to the policies of the subject. */
function PolicyLink({ of }: { of: Policy }) {
  const account = useAccount()
  const { userId, teamId, serviceAccountId } = of
  const search = userId ? { user: userId } : teamId ? { team: teamId } : { serviceAccount: serviceAccountId }
  return (
    <Anchor component={Link} to={`/${account.id}/iam/access-policies`} search={search as never}>
      <ScopeName of={scopeOf(of)} />
    </Anchor>
  )
}
