/** The environments of the account, and the variables that hold in all of them. */

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
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import type { NameInput } from '../parts/name-form.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameForm = fetched(async () => (await import('../parts/name-form.tsx')).NameForm)

const tabs = [
  { key: 'environments', name: 'Environments' },
  { key: 'variables', name: 'Account variables' },
]

export function Environments() {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [wish, setWish] = useState<NameInput | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const path = (environment: string) => `/${account.id}/environments/${environment}`
  const create = createEnvironment(account.id, ({ id }) => void navigate({ to: path(id) }))
  const acts = (environment: Environment) => {
    const at = { account: account.id, environment: environment.id }
    return (
      <>
        <ActionIconButton
          name={`Rename ${environment.name}`}
          why={whyNot('environments:update', at)}
          onClick={() => setWish(renameEnvironment(environment))}
        >
          <PencilIcon />
        </ActionIconButton>
        <ActionIconButton
          name={`Delete ${environment.name}`}
          color="red"
          why={whyNot('environments:delete', at)}
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
      about="An environment holds workspaces. Access policies and variables can hold for the account, one environment, or one workspace."
      acts={
        <ActionButton
          leftSection={<PlusIcon />}
          onClick={() => setWish(create)}
          why={whyNot('environments:create', { account: account.id })}
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
          asked={{ filters: { account: account.id } }}
          columns={columns(account.id)}
          acts={acts}
          search="Search environments"
          sort="name"
          empty={
            <Nothing icon={ContainerIcon} title="No environments yet">
              Make one for each stage or team, so that access can be given to it alone.
            </Nothing>
          }
        />
      ) : (
        <VariablesPanel scope={{ account: account.id }} about="These hold in every workspace of the account." />
      )}
      <NameForm of={wish} onClose={() => setWish(null)} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
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
