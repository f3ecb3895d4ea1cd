/** A workspace: variables, access, settings and activity. */

import { Badge, Group, Switch } from '@mantine/core'
import { auditEvents, environments, workspaces } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { WhoHasAccess } from '../access/who-has-access.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import {
  deleteWorkspace,
  type Workspace as OneWorkspace,
  renameWorkspace,
} from '../environments/environment-actions.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { CopyIconButton } from '../parts/copy.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import type { NameDialogOptions } from '../parts/name-dialog.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { ErrorAlert, ErrorState, Loading } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, recordQuery, useRecordsById } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameDialog = lazyComponent(async () => (await import('../parts/name-dialog.tsx')).NameDialog)

const tabs = [
  { key: 'variables', name: 'Variables' },
  { key: 'access', name: 'Who has access' },
  { key: 'settings', name: 'Settings' },
  { key: 'activity', name: 'Activity' },
]

export function Workspace() {
  const { environment, workspace } = useParams({ strict: false }) as { environment: string; workspace: string }
  const account = useAccount()
  const { data, error, refetch } = useQuery(
    recordQuery(workspaces, 'show', { path: { workspace }, include: ['environment'] }),
  )
  if (data) return <Shown key={data.id} of={data} />
  return (
    <Page title="Workspace" parent={breadcrumb(account.id, environment)}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

const breadcrumb = (account: string, environment: string, name = 'Environment') => [
  { to: `/${account}/environments`, label: 'Environments' },
  { to: `/${account}/environments/${environment}`, label: name },
]

type Asking = { readonly name: NameDialogOptions } | { readonly confirm: Confirmation } | null

function Shown({ of }: { of: OneWorkspace }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [asking, ask] = useState<Asking>(null)
  const environmentId = of.environmentId ?? ''
  const environment = useRecordsById(environments, [environmentId]).get(environmentId)
  const at = { account: account.id, environment: environmentId, workspace: of.id }
  const above = `/${account.id}/environments/${environmentId}`
  return (
    <Page
      title={of.name ?? ''}
      parent={breadcrumb(account.id, environmentId, environment?.name)}
      badge={of.locked && <Badge color="yellow">Locked</Badge>}
      actions={
        <>
          <ActionButton
            variant="default"
            disabledReason={denialReason('workspaces:update', at)}
            onClick={() => ask({ name: renameWorkspace(of) })}
          >
            Rename
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            disabledReason={denialReason('workspaces:delete', at)}
            onClick={() => ask({ confirm: deleteWorkspace(of, () => void navigate({ to: above, replace: true })) })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Tabs label={of.name ?? ''} of={tabs} />
      {tab === 'variables' && <VariablesPanel scope={at} about="These variables apply to this workspace only." />}
      {tab === 'settings' && <Settings of={of} disabledReason={denialReason('workspaces:update', at)} />}
      {tab === 'access' && <WhoHasAccess at={at} scope={{ kind: 'workspace', id: of.id }} />}
      {tab === 'activity' && <ActivityPanel of={of.id} />}
      <NameDialog of={asking && 'name' in asking ? asking.name : null} onClose={() => ask(null)} />
      <ConfirmDialog of={asking && 'confirm' in asking ? asking.confirm : null} onClose={() => ask(null)} />
    </Page>
  )
}

function Settings({ of, disabledReason }: { of: OneWorkspace; disabledReason: string | null }) {
  const save = useSave()
  const protect = (isProtected: boolean) =>
    save.run(() =>
      saveWithUndo({
        before: !isProtected,
        after: isProtected,
        write: async (deletionProtectionEnabled) => {
          await call(workspaces, 'update', { path: { workspace: of.id }, input: { deletionProtectionEnabled } })
          await invalidate(workspaces, auditEvents)
        },
        message: `Turned ${isProtected ? 'on' : 'off'} deletion protection of ${of.name}.`,
      }),
    )
  return (
    <Panel title="Settings">
      <Facts
        of={[
          [
            'ID',
            <Group key="id" gap={6} wrap="nowrap">
              <span className="mono break">{of.id}</span>
              <CopyIconButton text={of.id} name="Copy ID" />
            </Group>,
          ],
          [
            'Deletion protection',
            <Switch
              key="protection"
              aria-label="Deletion protection"
              description={disabledReason ?? 'A workspace with state cannot be deleted.'}
              checked={of.deletionProtectionEnabled ?? false}
              disabled={disabledReason !== null || save.busy}
              onChange={(event) => void protect(event.currentTarget.checked)}
            />,
          ],
          ['Tool', `${of.iacPlatform} ${of.terraformVersion}`],
          ['Execution', of.executionMode === 'local' ? 'Local' : 'Remote'],
          ['Type', of.environmentType === 'unmapped' ? 'Not set' : of.environmentType],
          ['Created', <Time key="created" at={of.createdAt} />],
          [
            'Updated',
            <span key="changed">
              <Time at={of.updatedAt} /> {of.updatedByEmail && `by ${of.updatedByEmail}`}
            </span>,
          ],
        ]}
      />
      <ErrorAlert text={save.otherErrors()} />
    </Panel>
  )
}
