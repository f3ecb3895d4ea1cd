/** The variables of one scope. A sensitive value is written here and never read again. */

import { Group, Text } from '@mantine/core'
import { auditEvents, vars } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { FileCodeIcon, PencilIcon, PlusIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import { Nothing } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useWhyNot } from '../session/rights.ts'
import { InheritedVariables } from './inherited-variables.tsx'
import { changed, describeVariable, type Variable } from './variable-columns.tsx'

const VariableForm = fetched(async () => (await import('./variable-form.tsx')).VariableForm)

/** Null: a new one. */
type Editing = { readonly variable: Variable | null } | null

export function VariablesPanel({ scope, about }: { scope: ScopePath; about: string }) {
  const whyNot = useWhyNot()
  const [editing, edit] = useState<Editing>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const remove = ({ id, key = '', accessTokenId }: Variable): Confirmation => ({
    title: `Delete ${key}?`,
    deed: 'Delete variable',
    children: (
      <>
        Workspaces have <b className="break">{key}</b> no longer from their next run on. This cannot be undone.
        {accessTokenId && ' The token it holds lives on: delete that too if nothing else uses it.'}
      </>
    ),
    run: async () => {
      await call(vars, 'remove', { path: { var: id } })
      showToast({ message: `Deleted the variable ${key}.` })
      await refresh(vars, auditEvents)
    },
  })
  const acts = (variable: Variable) => (
    <>
      <ActionIconButton
        name={`Edit ${variable.key}`}
        why={whyNot('variables:update', scope)}
        onClick={() => edit({ variable })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${variable.key}`}
        color="red"
        why={whyNot('variables:delete', scope)}
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
          why={whyNot('variables:create', scope)}
          onClick={() => edit({ variable: null })}
        >
          Add variable
        </ActionButton>
      </Group>
      <Listing
        label="Variables"
        of={vars}
        operation="list"
        asked={{ filters: filtersOf(scope) }}
        columns={columns}
        acts={acts}
        search="Search variables"
        choices={[
          {
            name: 'category',
            label: 'Any category',
            options: [
              { value: 'terraform', label: 'Terraform' },
              { value: 'in:shell,env', label: 'Shell' },
            ],
          },
        ]}
        sort="key"
        empty={
          <Nothing icon={FileCodeIcon} title="No variables yet">
            A value that runs need: a region, a version, a password. Secrets are stored encrypted and never shown again.
          </Nothing>
        }
      />
      {scope.environment && <InheritedVariables scope={scope} />}
      <VariableForm editing={editing} scope={scope} onClose={() => edit(null)} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

/** Those of this scope alone, without those of the scopes in it. */
const filtersOf = ({ account, environment, workspace }: ScopePath) =>
  workspace
    ? { workspace }
    : environment
      ? { environment, workspace: 'in:null' }
      : { account, environment: 'in:null', workspace: 'in:null' }

const columns = [...describeVariable, changed]
