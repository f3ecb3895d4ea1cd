/** The variables of one scope. Sensitive values are write-only. */

import { Group, Text } from '@mantine/core'
import { auditEvents, vars } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { FileCodeIcon, PencilIcon, PlusIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { EmptyState } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useDenialReason } from '../session/rights.ts'
import { InheritedVariables } from './inherited-variables.tsx'
import { commonColumns, updatedColumn, type Variable } from './variable-columns.tsx'

const VariableDialog = lazyComponent(async () => (await import('./variable-dialog.tsx')).VariableDialog)

/** A null variable means a new one. */
type Editing = { readonly variable: Variable | null } | null

export function VariablesPanel({ scope, about }: { scope: ScopePath; about: string }) {
  const denialReason = useDenialReason()
  const [editing, edit] = useState<Editing>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const remove = ({ id, key = '', accessTokenId }: Variable): Confirmation => ({
    title: `Delete variable “${key}”?`,
    submitLabel: 'Delete variable',
    children: (
      <>
        Runs no longer receive <b className="break">{key}</b>. This cannot be undone.
        {accessTokenId && ' The token in it stays valid. Revoke it if nothing else uses it.'}
      </>
    ),
    onConfirm: async () => {
      await call(vars, 'remove', { path: { var: id } })
      showToast({ message: `Deleted variable ${key}.` })
      await invalidate(vars, auditEvents)
    },
  })
  const actions = (variable: Variable) => (
    <>
      <ActionIconButton
        name={`Edit ${variable.key}`}
        disabledReason={denialReason('variables:update', scope)}
        onClick={() => edit({ variable })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${variable.key}`}
        color="red"
        disabledReason={denialReason('variables:delete', scope)}
        onClick={() => setConfirmation(remove(variable))}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  return (
    <>
      <Group justify="space-between" gap={12}>
        <Text c="dimmed">{about}</Text>
        <ActionButton
          leftSection={<PlusIcon />}
          variant="default"
          disabledReason={denialReason('variables:create', scope)}
          onClick={() => edit({ variable: null })}
        >
          Add variable
        </ActionButton>
      </Group>
      <Listing
        label="Variables"
        of={vars}
        operation="list"
        request={{ filters: ownScopeFilters(scope) }}
        columns={columns}
        actions={actions}
        search="Search variables"
        filters={[
          {
            name: 'category',
            label: 'Category',
            options: [
              { value: 'terraform', label: 'Terraform' },
              { value: 'in:shell,env', label: 'Shell' },
            ],
          },
        ]}
        sort="key"
        empty={
          <EmptyState icon={FileCodeIcon} title="No variables yet">
            Values for runs, such as a region, a version or a password. Sensitive values are encrypted and never shown
            again.
          </EmptyState>
        }
      />
      {scope.environment && <InheritedVariables scope={scope} />}
      <VariableDialog editing={editing} scope={scope} onClose={() => edit(null)} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

/** Only the variables of this scope, without those of narrower scopes. */
const ownScopeFilters = ({ account, environment, workspace }: ScopePath) =>
  workspace
    ? { workspace }
    : environment
      ? { environment, workspace: 'in:null' }
      : { account, environment: 'in:null', workspace: 'in:null' }

const columns = [...commonColumns, updatedColumn]
