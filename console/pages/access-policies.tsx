/** All access policies that the user can read. */

import { accessPolicies } from '@mintmark/contract'
import { PencilIcon, PlusIcon, ShieldCheckIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { removePolicy } from '../access/policies.ts'
import { policyDisabledReason, RoleNames } from '../access/policies-panel.tsx'
import type { PolicyDialogState } from '../access/policy-dialog.tsx'
import { policyFields, RecordFilters, recordFiltersFrom } from '../access/record-filters.tsx'
import { type Policy, policyRelations, ScopeName, scopeOf } from '../access/scope.tsx'
import { PolicyTitle, SubjectName } from '../access/subjects.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { useUrlQuery } from '../parts/url-query.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

const PolicyDialog = lazyComponent(async () => (await import('../access/policy-dialog.tsx')).PolicyDialog)

export function AccessPolicies() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const [address, change] = useUrlQuery()
  const filters = recordFiltersFrom(policyFields, address)
  const [dialog, setDialog] = useState<PolicyDialogState>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const remove = (policy: Policy) =>
    setConfirmation({
      title: <PolicyTitle action="Remove access policy" of={policy} mark="?" />,
      submitLabel: 'Remove policy',
      children: (
        <>
          <SubjectName of={policy} />
          loses its access to <ScopeName of={scopeOf(policy)} /> immediately.
        </>
      ),
      onConfirm: () => removePolicy(policy),
    })
  return (
    <Page
      title="Access policies"
      about="Access policies grant roles to users, teams and service accounts. A policy on the account covers all environments; a policy on an environment covers all of its workspaces."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => setDialog({ what: 'add' })}
          disabledReason={denialReason('accounts:set-access-policies', { account: account.id })}
        >
          Add access policy
        </ActionButton>
      }
    >
      <Listing
        label="Access policies"
        of={accessPolicies}
        operation="list"
        request={{ filters: { withinAccount: account.id, ...filters }, include: policyRelations }}
        toolbar={<RecordFilters fields={policyFields} address={address} change={change} />}
        columns={columns}
        actions={(policy) => {
          const disabledReason = policyDisabledReason(policy, account.id, denialReason)
          return (
            <>
              <ActionIconButton
                name="Change roles"
                disabledReason={disabledReason}
                onClick={() => setDialog({ what: 'change', policy })}
              >
                <PencilIcon />
              </ActionIconButton>
              <ActionIconButton
                name="Remove access policy"
                color="red"
                disabledReason={disabledReason}
                onClick={() => remove(policy)}
              >
                <TrashIcon />
              </ActionIconButton>
            </>
          )
        }}
        empty={
          <EmptyState
            icon={ShieldCheckIcon}
            title={Object.keys(filters).length > 0 ? 'No results' : 'No access policies'}
          />
        }
      />
      <PolicyDialog dialog={dialog} subject={null} onClose={() => setDialog({ what: 'nothing' })} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const columns: readonly Column<Policy>[] = [
  { name: 'Subject', cell: (policy) => <SubjectName of={policy} /> },
  { name: 'Scope', cell: (policy) => <ScopeName of={scopeOf(policy)} /> },
  { name: 'Roles', cell: ({ roles }) => <RoleNames ids={roles ?? []} /> },
]
