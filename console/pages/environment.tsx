/** An environment: workspaces, variables, access and activity. */

import { Anchor, Badge } from '@mantine/core'
import { environments, workspaces } from '@mintmark/contract'
import { PencilIcon, PlusIcon, StackIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { WhoHasAccess } from '../access/who-has-access.tsx'
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
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import type { NameDialogOptions } from '../parts/name-dialog.tsx'
import { Page } from '../parts/page.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState, ErrorState, Loading } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { recordQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameDialog = lazyComponent(async () => (await import('../parts/name-dialog.tsx')).NameDialog)

const tabs = [
  { key: 'workspaces', name: 'Workspaces' },
  { key: 'variables', name: 'Variables' },
  { key: 'access', name: 'Who has access' },
  { key: 'activity', name: 'Activity' },
]

export function Environment() {
  const account = useAccount()
  const { environment: id } = useParams({ strict: false }) as { environment: string }
  const { data, error, refetch } = useQuery(recordQuery(environments, 'show', { path: { environment: id } }))
  if (data) return <Shown key={data.id} of={data} />
  return (
    <Page title="Environment" parent={{ to: `/${account.id}/environments`, label: 'Environments' }}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

type Asking = { readonly name: NameDialogOptions } | { readonly confirm: Confirmation } | null

function Shown({ of }: { of: OneEnvironment }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [asking, ask] = useState<Asking>(null)
  const at = { account: account.id, environment: of.id }
  const list = `/${account.id}/environments`
  const own = `${list}/${of.id}`
  const actions = (workspace: Workspace) => (
    <>
      <ActionIconButton
        name={`Rename ${workspace.name}`}
        disabledReason={denialReason('workspaces:update', { ...at, workspace: workspace.id })}
        onClick={() => ask({ name: renameWorkspace(workspace) })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${workspace.name}`}
        color="red"
        disabledReason={denialReason('workspaces:delete', { ...at, workspace: workspace.id })}
        onClick={() => ask({ confirm: deleteWorkspace(workspace) })}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  return (
    <Page
      title={of.name ?? ''}
      parent={{ to: list, label: 'Environments' }}
      badge={<Badge color={of.status === 'Active' ? 'mint' : 'gray'}>{of.status}</Badge>}
      about={<Creation of={of} />}
      actions={
        <>
          <ActionButton
            leftSection={<PlusIcon />}
            disabledReason={denialReason('workspaces:create', at)}
            onClick={() => ask({ name: createWorkspace(of.id, ({ id }) => void navigate({ to: `${own}/${id}` })) })}
          >
            Create workspace
          </ActionButton>
          <ActionButton
            variant="default"
            disabledReason={denialReason('environments:update', at)}
            onClick={() => ask({ name: renameEnvironment(of) })}
          >
            Rename
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            disabledReason={denialReason('environments:delete', at)}
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
          request={{ filters: { environment: of.id } }}
          columns={columns(own)}
          actions={actions}
          search="Search workspaces"
          sort="name"
          empty={
            <EmptyState icon={StackIcon} title="No workspaces yet">
              A workspace is the narrowest scope for access policies and variables.
            </EmptyState>
          }
        />
      )}
      {tab === 'variables' && (
        <VariablesPanel scope={at} about={`These variables apply to every workspace of ${of.name}.`} />
      )}
      {tab === 'access' && <WhoHasAccess at={at} scope={{ kind: 'environment', id: of.id }} />}
      {tab === 'activity' && <ActivityPanel of={of.id} />}
      <NameDialog of={asking && 'name' in asking ? asking.name : null} onClose={() => ask(null)} />
      <ConfirmDialog of={asking && 'confirm' in asking ? asking.confirm : null} onClose={() => ask(null)} />
    </Page>
  )
}

const Creation = ({ of: { createdAt, createdByEmail } }: { of: OneEnvironment }) => (
  <>
    Created <Time at={createdAt} /> {createdByEmail && `by ${createdByEmail}`}
  </>
)

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
  { name: 'Updated', sort: 'updatedAt', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
]
