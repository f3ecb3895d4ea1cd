/** One workspace: its variables, its settings, and what happened to it. */

import { Badge, Group, Switch } from '@mantine/core'
import { auditEvents, environments, workspaces } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import {
  deleteWorkspace,
  type Workspace as OneWorkspace,
  renameWorkspace,
} from '../environments/environment-actions.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { CopyMark } from '../parts/copy.tsx'
import { fetched } from '../parts/fetched.tsx'
import type { NameInput } from '../parts/name-form.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Failed, Loading, Refusal } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { oneOf, refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { VariablesPanel } from '../variables/variables-panel.tsx'

const NameForm = fetched(async () => (await import('../parts/name-form.tsx')).NameForm)

const tabs = [
  { key: 'variables', name: 'Variables' },
  { key: 'settings', name: 'Settings' },
  { key: 'activity', name: 'Activity' },
]

export function Workspace() {
  const { environment, workspace } = useParams({ strict: false }) as { environment: string; workspace: string }
  const account = useAccount()
  const { data, error, refetch } = useQuery(oneOf(workspaces, 'show', { path: { workspace } }))
  if (data) return <Shown key={data.id} of={data} />
  return (
    <Page title="Workspace" back={{ to: `/${account.id}/environments/${environment}`, label: 'Environment' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

type Asking = { readonly name: NameInput } | { readonly confirm: Confirmation } | null

function Shown({ of }: { of: OneWorkspace }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [asking, ask] = useState<Asking>(null)
  const environmentId = of.environmentId ?? ''
  const environment = useQuery(oneOf(environments, 'show', { path: { environment: environmentId } }))
  const at = { account: account.id, environment: environmentId, workspace: of.id }
  const above = `/${account.id}/environments/${environmentId}`
  return (
    <Page
      title={of.name ?? ''}
      back={{ to: above, label: environment.data?.name ?? 'Environment' }}
      badge={of.locked && <Badge color="yellow">Locked</Badge>}
      acts={
        <>
          <ActionButton
            variant="default"
            why={whyNot('workspaces:update', at)}
            onClick={() => ask({ name: renameWorkspace(of) })}
          >
            Rename
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            why={whyNot('workspaces:delete', at)}
            onClick={() => ask({ confirm: deleteWorkspace(of, () => void navigate({ to: above, replace: true })) })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Tabs label={of.name ?? ''} of={tabs} />
      {tab === 'variables' && <VariablesPanel scope={at} about="These hold in this workspace alone." />}
      {tab === 'settings' && <Settings of={of} why={whyNot('workspaces:update', at)} />}
      {tab === 'activity' && <ActivityPanel of={of.id} />}
      <NameForm of={asking && 'name' in asking ? asking.name : null} onClose={() => ask(null)} />
      <Confirm of={asking && 'confirm' in asking ? asking.confirm : null} onClose={() => ask(null)} />
    </Page>
  )
}

function Settings({ of, why }: { of: OneWorkspace; why: string | null }) {
  const save = useSave()
  const protect = (wish: boolean) =>
    save.run(() =>
      saveWithUndo({
        before: !wish,
        wish,
        write: async (deletionProtectionEnabled) => {
          await call(workspaces, 'update', { path: { workspace: of.id }, wish: { deletionProtectionEnabled } })
          await refresh(workspaces, auditEvents)
        },
        message: `Deletion protection of ${of.name} is ${wish ? 'on' : 'off'}.`,
      }),
    )
  return (
    <Panel title="Settings">
      <Facts
        of={[
          [
            'Id',
            <Group key="id" gap={6} wrap="nowrap">
              <span className="mono break">{of.id}</span>
              <CopyMark text={of.id} name="Copy id" />
            </Group>,
          ],
          [
            'Deletion protection',
            <Switch
              key="protection"
              aria-label="Deletion protection"
              description={why ?? 'Deleting is refused while there is state.'}
              checked={of.deletionProtectionEnabled ?? false}
              disabled={why !== null || save.busy}
              onChange={(event) => void protect(event.currentTarget.checked)}
            />,
          ],
          ['Tool', `${of.iacPlatform} ${of.terraformVersion}`],
          ['Runs', of.executionMode === 'local' ? 'on the machine of whoever starts them' : 'remotely'],
          ['Used for', of.environmentType === 'unmapped' ? 'not said' : of.environmentType],
          ['Created', <Time key="created" at={of.createdAt} />],
          [
            'Changed',
            <span key="changed">
              <Time at={of.updatedAt} /> {of.updatedByEmail && `by ${of.updatedByEmail}`}
            </span>,
          ],
        ]}
      />
      <Refusal text={save.rest()} />
    </Panel>
  )
}
