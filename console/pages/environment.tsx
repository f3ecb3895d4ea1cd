/** One environment: its workspaces, its variables, and what happened to it. */

import { Anchor, Badge } from '@mantine/core'
import { environments, workspaces } from '@mintmark/contract'
import { PencilIcon, PlusIcon, StackIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import {
  createWorkspace,
  deleteEnvironment,
  deleteWorkspace,
  type Environment as OneEnvironment,
  renameEnvironment,
  renameWorkspace,
  type Workspace,
} from '../environments/environment-actions.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import type { NameInput } from '../parts/name-form.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { Failed, Loading, Nothing } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { oneOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameForm = fetched(async () => (await import('../parts/name-form.tsx')).NameForm)

const tabs = [
  { key: 'workspaces', name: 'Workspaces' },
  { key: 'variables', name: 'Variables' },
  { key: 'activity', name: 'Activity' },
]

export function Environment() {
  const account = useAccount()
  const { environment: id } = useParams({ strict: false }) as { environment: string }
  const { data, error, refetch } = useQuery(oneOf(environments, 'show', { path: { environment: id } }))
  if (data) return <Shown key={data.id} of={data} />
  return (
    <Page title="Environment" back={{ to: `/${account.id}/environments`, label: 'Environments' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

type Asking = { readonly name: NameInput } | { readonly confirm: Confirmation } | null

function Shown({ of }: { of: OneEnvironment }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [asking, ask] = useState<Asking>(null)
  const at = { account: account.id, environment: of.id }
  const list = `/${account.id}/environments`
  const own = `${list}/${of.id}`
  const acts = (workspace: Workspace) => (
    <>
      <ActionIconButton
        name={`Rename ${workspace.name}`}
        why={whyNot('workspaces:update', { ...at, workspace: workspace.id })}
        onClick={() => ask({ name: renameWorkspace(workspace) })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${workspace.name}`}
        color="red"
        why={whyNot('workspaces:delete', { ...at, workspace: workspace.id })}
        onClick={() => ask({ confirm: deleteWorkspace(workspace) })}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  return (
    <Page
      title={of.name ?? ''}
      back={{ to: list, label: 'Environments' }}
      badge={<Badge color={of.status === 'Active' ? 'mint' : 'gray'}>{of.status}</Badge>}
      about={
        <>
          Created <Time at={of.createdAt} /> {of.createdByEmail && `by ${of.createdByEmail}`}
        </>
      }
      acts={
        <>
          <ActionButton
            leftSection={<PlusIcon />}
            why={whyNot('workspaces:create', at)}
            onClick={() => ask({ name: createWorkspace(of.id, ({ id }) => void navigate({ to: `${own}/${id}` })) })}
          >
            Create workspace
          </ActionButton>
          <ActionButton
            variant="default"
            why={whyNot('environments:update', at)}
            onClick={() => ask({ name: renameEnvironment(of) })}
          >
            Rename
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            why={whyNot('environments:delete', at)}
            onClick={() => ask({ confirm: deleteEnvironment(of, () => void navigate({ to: list, replace: true })) })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Tabs label={of.name ?? ''} of={tabs} />
      {tab === 'workspaces' && (
        <Listing
          label="Workspaces"
          of={workspaces}
          operation="list"
          asked={{ filters: { environment: of.id } }}
          columns={columns(own)}
          acts={acts}
          search="Search workspaces"
          sort="name"
          empty={
            <Nothing icon={StackIcon} title="No workspaces yet">
              A workspace is the narrowest place that access and variables can hold in.
            </Nothing>
          }
        />
      )}
      {tab === 'variables' && <VariablesPanel scope={at} about={`These hold in every workspace of ${of.name}.`} />}
      {tab === 'activity' && <ActivityPanel of={of.id} />}
      <NameForm of={asking && 'name' in asking ? asking.name : null} onClose={() => ask(null)} />
      <Confirm of={asking && 'confirm' in asking ? asking.confirm : null} onClose={() => ask(null)} />
    </Page>
  )
}

const columns = (environment: string): readonly Column<Workspace>[] => [
  {
    name: 'Name',
    sort: 'name',
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`${environment}/${id}`} fw={600} className="break">
        {name}
      </Anchor>
    ),
  },
  { name: 'Tool', cell: ({ iacPlatform, terraformVersion }) => `${iacPlatform} ${terraformVersion}` },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Changed', sort: 'updatedAt', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
]
