/** A service account: tokens, access, owners and activity. */

import { Alert, Badge, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { accessPolicies, accessTokens, auditEvents, serviceAccounts, teams } from '@mintmark/contract'
import { AlertIcon, PlusIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EditServiceAccount } from '../access/edit-service-account.tsx'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { policiesQuery } from '../access/policies.ts'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import { ActionButton, EditButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { CopyIconButton } from '../parts/copy.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { ErrorAlert, ErrorState, Loading } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate, recordQuery, useRecordsById } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { OwnerTokens } from '../tokens/owner-tokens.tsx'

const CreateToken = lazyComponent(async () => (await import('../tokens/create-token.tsx')).CreateToken)

type Account = Found<typeof serviceAccounts>

const tabs = [
  { key: 'tokens', name: 'Tokens' },
  { key: 'access', name: 'Access' },
  { key: 'activity', name: 'Activity' },
]

export function ServiceAccount() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(
    recordQuery(serviceAccounts, 'show', { path: { serviceAccount: id }, include: ['owners'] }),
  )
  if (data) return <Shown of={data} />
  const parent = { to: `/${account.id}/iam/service-accounts`, label: 'Service accounts' }
  return (
    <Page title="Service account" parent={parent}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Account }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const tab = useTab(tabs)
  const name = of.name ?? ''
  const [isGenerating, generating] = useDisclosure(false)
  const [isEditing, editing] = useDisclosure(false)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const navigate = useNavigate()
  const save = useSave()
  const filters = { serviceAccount: of.id }
  const policies = useQuery(policiesQuery(filters))
  const list = `/${account.id}/iam/service-accounts`
  const disabledReason = denialReason('service-accounts:update', { account: account.id })
  const isActive = of.status === 'Active'

  const deletion: Confirmation = {
    title: `Delete service account “${name}”?`,
    submitLabel: 'Delete service account',
    typedConfirmation: name,
    children: 'All of its tokens are revoked and its access policies are deleted immediately. This cannot be undone.',
    onConfirm: async () => {
      await call(serviceAccounts, 'remove', { path: { serviceAccount: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Deleted service account ${name}.` })
      await invalidate(serviceAccounts, accessPolicies, auditEvents)
    },
  }
  return (
    <Page
      title={name}
      parent={{ to: list, label: 'Service accounts' }}
      about={of.description}
      badge={<Badge color={isActive ? 'mint' : 'gray'}>{of.status}</Badge>}
      actions={
        <>
          <EditButton onClick={editing.open} disabledReason={disabledReason} />
          <ActionButton
            variant="default"
            onClick={() =>
              isActive ? setConfirmation(deactivateConfirmation(of)) : void save.run(() => setStatus(of, 'Active'))
            }
            disabledReason={disabledReason}
          >
            {isActive ? 'Deactivate' : 'Activate'}
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            disabledReason={denialReason('service-accounts:delete', { account: account.id })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <ErrorAlert text={save.otherErrors()} />
      {policies.data?.length === 0 && (
        <Alert color="yellow" variant="light" icon={<AlertIcon />} title="This service account has no permissions">
          Add an access policy on the Access tab.
        </Alert>
      )}
      <Panel title="Details">
        <Facts
          of={[
            ['Email', <CopyableText key="email" text={of.email ?? ''} name="Copy email" />],
            ['Owners', <Owners key="owners" ids={of.owners ?? []} />],
            ['ID', <CopyableText key="id" text={of.id} name="Copy ID" />],
            ['Created', <Time key="created" at={of.createdAt} />],
          ]}
        />
      </Panel>
      <Tabs label={name} of={tabs} />
      {tab === 'tokens' && (
        <Stack gap={12}>
          <Group justify="flex-end">
            <ActionButton leftSection={<PlusIcon />} onClick={generating.open} disabledReason={disabledReason}>
              Create token
            </ActionButton>
          </Group>
          <OwnerTokens
            label={`Tokens of ${name}`}
            serviceAccountId={of.id}
            disabledReason={disabledReason}
            empty="Create one token per integration so you can revoke them independently."
          />
        </Stack>
      )}
      {tab === 'access' && (
        <>
          <PoliciesPanel
            subject={{ serviceAccountId: of.id }}
            filters={filters}
            empty="Add an access policy to grant permissions to this service account."
            credentialsConfirmation={{ confirmation: credentialsConfirmation(of), disabledReason }}
          />
          <EffectivePermissions filters={filters} />
        </>
      )}
      {tab === 'activity' && <ActivityPanel of={of.id} actorFilter="actorId" />}
      <CreateToken opened={isGenerating} onClose={generating.close} serviceAccount={{ id: of.id, name }} />
      <Modal opened={isEditing} onClose={editing.close} title={`Edit service account “${name}”`} centered>
        <EditServiceAccount of={of} onClose={editing.close} />
      </Modal>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

async function setStatus({ id, name }: Account, status: 'Active' | 'Inactive'): Promise<void> {
  const write = async (given: typeof status) => {
    await call(serviceAccounts, 'update', { path: { serviceAccount: id }, input: { status: given } })
    await invalidate(serviceAccounts, accessTokens, auditEvents)
  }
  await write(status)
  if (status === 'Active') showToast({ message: `Activated ${name}. Its tokens work again.` })
  else showToastWithUndo(`Deactivated ${name}. Its tokens are rejected.`, () => write('Active'))
}

const deactivateConfirmation = (of: Account): Confirmation => ({
  title: `Deactivate service account “${of.name}”?`,
  submitLabel: 'Deactivate',
  children: 'Requests with its tokens start failing immediately, until you activate it again.',
  onConfirm: () => setStatus(of, 'Inactive'),
})

const credentialsConfirmation = ({ id, name }: Account): Confirmation => ({
  title: `Confirm the credentials of service account “${name}”?`,
  submitLabel: 'Confirm credentials',
  children:
    'You take responsibility for the tokens and assume policies that other users created for it. It can then be granted permissions that those users do not have. Review its tokens first.',
  onConfirm: async () => {
    await call(serviceAccounts, 'confirmCredentials', { path: { serviceAccount: id } })
    await invalidate(auditEvents)
    showToast({ message: `Confirmed the credentials of ${name}.` })
  },
})

const CopyableText = ({ text, name }: { text: string; name: string }) => (
  <Group gap={6} wrap="nowrap">
    <span className="mono break">{text}</span>
    <CopyIconButton text={text} name={name} />
  </Group>
)

function Owners({ ids }: { ids: readonly string[] }) {
  const known = useRecordsById(teams, ids)
  if (ids.length === 0) return <Text c="dimmed">No owner</Text>
  return <Text>{ids.map((id) => known.get(id)?.name ?? id).join(', ')}</Text>
}
