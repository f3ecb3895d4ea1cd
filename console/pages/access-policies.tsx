/** Who may do what where: every access policy one may see. */

import { accessPolicies } from '@mintmark/contract'
import { PencilIcon, PlusIcon, ShieldCheckIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { SubjectName } from '../access/people.tsx'
import { removePolicy } from '../access/policies.ts'
import { RoleNames, whyNotChange } from '../access/policies-panel.tsx'
import { PolicyFilters, policyFiltersIn } from '../access/policy-filters.tsx'
import type { PolicyDoing } from '../access/policy-form.tsx'
import { type Policy, ScopeName, scopeOf } from '../access/scope.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { useAddress } from '../parts/address.ts'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

const PolicyForm = fetched(async () => (await import('../access/policy-form.tsx')).PolicyForm)

export function AccessPolicies() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const [address, change] = useAddress()
  const filters = policyFiltersIn(address)
  const [doing, setDoing] = useState<PolicyDoing>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const remove = (policy: Policy) =>
    setConfirmation({
      title: 'Remove access policy?',
      deed: 'Remove policy',
      children: (
        <>
          <SubjectName of={policy} />
          loses what it allows on <ScopeName of={scopeOf(policy)} />, from the next request on.
        </>
      ),
      run: () => removePolicy(policy),
    })
  return (
    <Page
      title="Access policies"
      about="Who has which roles where. A policy on the account covers all environments, one on an environment all of its workspaces."
      acts={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => setDoing({ what: 'add' })}
          why={whyNot('accounts:set-access-policies', { account: account.id })}
        >
          Add access policy
        </ActionButton>
      }
    >
      <Listing
        label="Access policies"
        of={accessPolicies}
        operation="list"
        asked={{ filters: { withinAccount: account.id, ...filters } }}
        bar={<PolicyFilters address={address} change={change} />}
        columns={columns}
        acts={(policy) => {
          const why = whyNotChange(policy, account.id, whyNot)
          return (
            <>
              <ActionIconButton name="Change roles" why={why} onClick={() => setDoing({ what: 'change', policy })}>
                <PencilIcon />
              </ActionIconButton>
              <ActionIconButton name="Remove access policy" color="red" why={why} onClick={() => remove(policy)}>
                <TrashIcon />
              </ActionIconButton>
            </>
          )
        }}
        empty={
          <Nothing
            icon={ShieldCheckIcon}
            title={Object.keys(filters).length > 0 ? 'Nothing matches' : 'No access policies'}
          />
        }
      />
      <PolicyForm doing={doing} subject={null} onClose={() => setDoing({ what: 'nothing' })} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const columns: readonly Column<Policy>[] = [
  { name: 'Who', cell: (policy) => <SubjectName of={policy} /> },
  { name: 'Where', cell: (policy) => <ScopeName of={scopeOf(policy)} /> },
  { name: 'Roles', cell: ({ roles }) => <RoleNames ids={roles ?? []} /> },
]
