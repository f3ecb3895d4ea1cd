/** The access policies of one subject. */

import { Badge, Group, Text } from '@mantine/core'
import type { Asked } from '@mintmark/client'
import { accessPolicies, roles } from '@mintmark/contract'
import { PencilIcon, PlusIcon, ShieldCheckIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Panel } from '../parts/page.tsx'
import { Records } from '../parts/records.tsx'
import { Loaded, Nothing } from '../parts/states.tsx'
import { everyOf, useByIds } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { removePolicy } from './policies.ts'
import type { PolicyDoing } from './policy-form.tsx'
import { type Policy, pathOf, ScopeName, scopeOf } from './scope.tsx'
import type { Subject } from './subject-choice.tsx'

const PolicyForm = fetched(async () => (await import('./policy-form.tsx')).PolicyForm)

interface PoliciesPanel {
  readonly subject: Subject
  /** What the list is filtered by. */
  readonly filters: NonNullable<Asked<typeof accessPolicies, 'list'>['filters']>
  readonly empty: string
  /** Takes responsibility for what others let the subject in with, so that it can be granted more than they hold. */
  readonly vouching?: { readonly confirmation: Confirmation; readonly why: string | null } | undefined
}

export function PoliciesPanel({ subject, filters, empty, vouching }: PoliciesPanel) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const policies = useQuery(everyOf(accessPolicies, 'list', { filters }))
  const [doing, setDoing] = useState<PolicyDoing>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const why = (policy: Policy) => whyNotChange(policy, account.id, whyNot)
  const remove = (policy: Policy) =>
    setConfirmation({
      title: 'Remove access policy?',
      deed: 'Remove policy',
      children: (
        <>
          What it allowed on <ScopeName of={scopeOf(policy)} /> is refused from the next request on.
        </>
      ),
      run: () => removePolicy(policy),
    })
  return (
    <Panel
      title="Access policies"
      flush
      acts={
        <>
          {vouching && (
            <ActionButton variant="default" onClick={() => setConfirmation(vouching.confirmation)} why={vouching.why}>
              {vouching.confirmation.deed}
            </ActionButton>
          )}
          <ActionButton
            variant="default"
            leftSection={<PlusIcon />}
            onClick={() => setDoing({ what: 'add' })}
            why={whyNot('accounts:set-access-policies', { account: account.id })}
          >
            Add policy
          </ActionButton>
        </>
      }
    >
      <Loaded of={policies} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Nothing icon={ShieldCheckIcon} title="No access policy">
              {empty}
            </Nothing>
          ) : (
            <Records
              label="Access policies"
              rows={rows}
              columns={columns}
              acts={(policy) => (
                <>
                  <ActionIconButton
                    name="Change roles"
                    why={why(policy)}
                    onClick={() => setDoing({ what: 'change', policy })}
                  >
                    <PencilIcon />
                  </ActionIconButton>
                  <ActionIconButton
                    name="Remove access policy"
                    color="red"
                    why={why(policy)}
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
      <PolicyForm doing={doing} subject={subject} onClose={() => setDoing({ what: 'nothing' })} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Panel>
  )
}

export function whyNotChange(policy: Policy, account: string, whyNot: ReturnType<typeof useWhyNot>): string | null {
  if (policy.isSystem) return "This is the account owner's own policy and cannot be changed."
  const scope = scopeOf(policy)
  return whyNot(`${scope.kind}s:set-access-policies`, pathOf(account, scope))
}

const columns = [
  {
    name: 'Where',
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
  const known = useByIds(roles, ids)
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
