/** The environments of the account, and the account variables. */

import { Anchor, Badge } from '@mantine/core'
import { environments } from '@mintmark/contract'
import { ContainerIcon, PencilIcon, PlusIcon, TrashIcon } from '@primer/octicons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  createEnvironment,
  deleteEnvironment,
  type Environment,
  renameEnvironment,
} from '../environments/environment-actions.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import type { NameDialogOptions } from '../parts/name-dialog.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameDialog = lazyComponent(async () => (await import('../parts/name-dialog.tsx')).NameDialog)

const tabs = [
  { key: 'environments', name: 'Environments' },
  { key: 'variables', name: 'Account variables' },
]

export function Environments() {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [nameDialog, setNameDialog] = useState<NameDialogOptions | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const path = (environment: string) => `/${account.id}/environments/${environment}`
  const create = createEnvironment(account.id, ({ id }) => void navigate({ to: path(id) }))
  const actions = (environment: Environment) => {
    const at = { account: account.id, environment: environment.id }
    return (
      <>
        <ActionIconButton
          name={`Rename ${environment.name}`}
          disabledReason={denialReason('environments:update', at)}
          onClick={() => setNameDialog(renameEnvironment(environment))}
        >
          <PencilIcon />
        </ActionIconButton>
        <ActionIconButton
          name={`Delete ${environment.name}`}
          color="red"
          disabledReason={denialReason('environments:delete', at)}
          onClick={() => setConfirmation(deleteEnvironment(environment))}
        >
          <TrashIcon />
        </ActionIconButton>
      </>
    )
  }
  return (
    <Page
      title="Environments"
      about="An environment is a group of workspaces. Access policies and variables apply to the account, an environment or a workspace."
      actions={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => setNameDialog(create)}
          disabledReason={denialReason('environments:create', { account: account.id })}
        >
          Create environment
        </ActionButton>
      }
    >
      <Tabs label="Environments" of={tabs} />
      {tab === 'environments' ? (
        <Listing
          label="Environments"
          of={environments}
          operation="list"
          request={{ filters: { account: account.id } }}
          columns={columns(account.id)}
          actions={actions}
          search="Search environments"
          sort="name"
          empty={
            <EmptyState icon={ContainerIcon} title="No environments yet">
              Create one environment per stage or team to limit access to it.
            </EmptyState>
          }
        />
      ) : (
        <VariablesPanel
          scope={{ account: account.id }}
          about="These variables apply to every workspace of the account."
        />
      )}
      <NameDialog of={nameDialog} onClose={() => setNameDialog(null)} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const columns = (account: string): readonly Column<Environment>[] => [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`/${account}/environments/${id}`} fw={600} className="break">
        {name}
      </Anchor>
    ),
  },
  {
    name: 'Status',
    cell: ({ status, locked }) => (
      <>
        <Badge color={status === 'Active' ? 'mint' : 'gray'}>{status}</Badge>
        {locked && (
          <Badge color="yellow" ml={6}>
            Locked
          </Badge>
        )}
      </>
    ),
  },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    name: 'Created by',
    sort: 'createdByEmail',
    cell: ({ createdByEmail }) => <span className="break">{createdByEmail}</span>,
  },
]
