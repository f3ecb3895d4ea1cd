/** The access policies of one subject. */

import { Badge, Group, Text } from '@mantine/core'
import { roles } from '@mintmark/contract'
import { PencilIcon, PlusIcon, ShieldCheckIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Panel } from '../parts/page.tsx'
import { Records } from '../parts/records.tsx'
import { EmptyState, Loaded } from '../parts/states.tsx'
import { useRecordsById } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { type PolicyFilters, policiesQuery, removePolicy } from './policies.ts'
import type { PolicyDialogState } from './policy-dialog.tsx'
import { type Policy, ScopeName, scopeOf, scopePathOf } from './scope.tsx'
import type { Subject } from './subject-choice.tsx'
import { PolicyTitle } from './subjects.tsx'

const PolicyDialog = lazyComponent(async () => (await import('./policy-dialog.tsx')).PolicyDialog)

interface PoliciesPanel {
  readonly subject: Subject
  /** The filters of the list. */
  readonly filters: PolicyFilters
  readonly empty: string
  /** Confirms credentials that others created for the subject, so that it can be granted more than they have. */
  readonly credentialsConfirmation?:
    | { readonly confirmation: Confirmation; readonly disabledReason: string | null }
    | undefined
}

export function PoliciesPanel({ subject, filters, empty, credentialsConfirmation }: PoliciesPanel) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const policies = useQuery(policiesQuery(filters))
  const [dialog, setDialog] = useState<PolicyDialogState>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const disabledReasonOf = (policy: Policy) => policyDisabledReason(policy, account.id, denialReason)
  const remove = (policy: Policy) =>
    setConfirmation({
      title: <PolicyTitle action="Remove access policy" of={policy} mark="?" />,
      submitLabel: 'Remove policy',
      children: (
        <>
          The permissions it grants on <ScopeName of={scopeOf(policy)} /> stop working immediately.
        </>
      ),
      onConfirm: () => removePolicy(policy),
    })
  return (
    <Panel
      title="Access policies"
      flush
      actions={
        <>
          {credentialsConfirmation && (
            <ActionButton
              variant="default"
              onClick={() => setConfirmation(credentialsConfirmation.confirmation)}
              disabledReason={credentialsConfirmation.disabledReason}
            >
              {credentialsConfirmation.confirmation.submitLabel}
            </ActionButton>
          )}
          <ActionButton
            variant="default"
            leftSection={<PlusIcon />}
            onClick={() => setDialog({ what: 'add' })}
            disabledReason={denialReason('accounts:set-access-policies', { account: account.id })}
          >
            Add policy
          </ActionButton>
        </>
      }
    >
      <Loaded of={policies} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={ShieldCheckIcon} title="No access policies">
              {empty}
            </EmptyState>
          ) : (
            <Records
              label="Access policies"
              rows={rows}
              columns={columns}
              actions={(policy) => (
                <>
                  <ActionIconButton
                    name="Change roles"
                    disabledReason={disabledReasonOf(policy)}
                    onClick={() => setDialog({ what: 'change', policy })}
                  >
                    <PencilIcon />
                  </ActionIconButton>
                  <ActionIconButton
                    name="Remove access policy"
                    color="red"
                    disabledReason={disabledReasonOf(policy)}
                    onClick={() => remove(policy)}
                  >
                    <TrashIcon />
                  </ActionIconButton>
                </>
              )}
            />
          )
        }
      </Loaded>
      <PolicyDialog dialog={dialog} subject={subject} onClose={() => setDialog({ what: 'nothing' })} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Panel>
  )
}

export function policyDisabledReason(
  policy: Policy,
  account: string,
  denialReason: ReturnType<typeof useDenialReason>,
): string | null {
  if (policy.isSystem) return 'The access policy of the account owner cannot be changed.'
  const scope = scopeOf(policy)
  return denialReason(`${scope.kind}s:set-access-policies`, scopePathOf(account, scope))
}

const columns = [
  {
    name: 'Scope',
    cell: (policy: Policy) => (
      <Group gap={8}>
        <Text fw={600} component="span">
          <ScopeName of={scopeOf(policy)} />
        </Text>
        {policy.isSystem && <Badge color="gray">Owner</Badge>}
      </Group>
    ),
  },
  { name: 'Roles', cell: (policy: Policy) => <RoleNames ids={policy.roles ?? []} /> },
]

export function RoleNames({ ids }: { ids: readonly string[] }) {
  const known = useRecordsById(roles, ids)
  return (
    <Group gap={6}>
      {ids.map((id) => (
        <Badge key={id} color="mint">
          {known.get(id)?.name ?? id}
        </Badge>
      ))}
    </Group>
  )
}
