/** The variables of one scope. A sensitive value is written here and never read again. */
import { Badge, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Found } from '@mintmark/client'
import { auditEvents, vars } from '@mintmark/contract'
import type { ScopePath } from '@mintmark/token'
import { FileCodeIcon, LockIcon, PencilIcon, PlusIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { DeedButton, DeedIcon } from '../parts/deed.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useWhyNot } from '../session/rights.ts'
import { HeldToken } from './held-token.tsx'
import { VariableForm } from './variable-form.tsx'

export type Variable = Found<typeof vars>

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
      notifications.show({ message: `Deleted the variable ${key}.` })
      await refresh(vars, auditEvents)
    },
  })
  const acts = (variable: Variable) => (
    <>
      <DeedIcon
        name={`Edit ${variable.key}`}
        why={whyNot('variables:update', scope)}
        onClick={() => edit({ variable })}
      >
        <PencilIcon />
      </DeedIcon>
      <DeedIcon
        name={`Delete ${variable.key}`}
        color="red"
        why={whyNot('variables:delete', scope)}
        onClick={() => setConfirmation(remove(variable))}
      >
        <TrashIcon />
      </DeedIcon>
    </>
  )
  return (
    <>
      <Group justify="space-between" gap={12}>
        <Text c="dimmed">{about}</Text>
        <DeedButton
          leftSection={<PlusIcon />}
          variant="default"
          why={whyNot('variables:create', scope)}
          onClick={() => edit({ variable: null })}
        >
          Add variable
        </DeedButton>
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

const columns: readonly Column<Variable>[] = [
  { name: 'Key', sort: 'key', cell: (variable) => <Key of={variable} /> },
  { name: 'Value', cell: (variable) => <Value of={variable} /> },
  { name: 'Category', sort: 'category', cell: ({ category }) => (category === 'terraform' ? 'Terraform' : 'Shell') },
  {
    name: 'Changed',
    sort: 'updatedAt',
    cell: ({ updatedAt, updatedByEmail }) => (
      <>
        <Time at={updatedAt} />
        {updatedByEmail && (
          <Text size="sm" c="dimmed" className="break">
            {updatedByEmail}
          </Text>
        )}
      </>
    ),
  },
]

function Key({ of }: { of: Variable }) {
  return (
    <>
      <Group gap={6}>
        <Text component="span" fw={600} className="mono break">
          {of.key}
        </Text>
        {of.hcl && <Badge color="gray">HCL</Badge>}
        {of.final && <Badge color="gray">Final</Badge>}
      </Group>
      {of.description && (
        <Text size="sm" c="dimmed" className="break">
          {of.description}
        </Text>
      )}
    </>
  )
}

function Value({ of }: { of: Variable }) {
  if (of.sensitive)
    return (
      <>
        <span className="quiet" style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
          <LockIcon size={14} />
          hidden
        </span>
        {of.accessTokenId && <HeldToken id={of.accessTokenId} />}
      </>
    )
  if (of.value === null) return <span className="quiet">you may not read it</span>
  if (of.value === '') return <span className="quiet">empty</span>
  return (
    <Text className="mono break" lineClamp={3} style={{ whiteSpace: 'pre-wrap' }} maw={420}>
      {of.value}
    </Text>
  )
}
