/** One service account: its tokens, what it may do where and why, who answers for it, and what happened. */

import { Alert, Badge, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { accessPolicies, accessTokens, auditEvents, serviceAccounts, teams } from '@mintmark/contract'
import { AlertIcon, PencilIcon, PlusIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EditServiceAccount } from '../access/edit-service-account.tsx'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import { ActionButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { CopyMark } from '../parts/copy.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useSave } from '../parts/saving.ts'
import { Failed, Loading, Refusal } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { everyOf, oneOf, refresh, useByIds } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { TokenTable } from '../tokens/token-table.tsx'

const GenerateToken = fetched(async () => (await import('../tokens/generate-token.tsx')).GenerateToken)

type Account = Found<typeof serviceAccounts>

const tabs = [
  { key: 'tokens', name: 'Tokens' },
  { key: 'access', name: 'Access' },
  { key: 'activity', name: 'Activity' },
]

export function ServiceAccount() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(oneOf(serviceAccounts, 'show', { path: { serviceAccount: id } }))
  if (data) return <Shown of={data} />
  const back = { to: `/${account.id}/iam/service-accounts`, label: 'Service accounts' }
  return (
    <Page title="Service account" back={back}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: Account }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const tab = useTab(tabs)
  const name = of.name ?? ''
  const [isGenerating, generating] = useDisclosure(false)
  const [isEditing, editing] = useDisclosure(false)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const navigate = useNavigate()
  const save = useSave()
  const filters = { serviceAccount: of.id }
  const policies = useQuery(everyOf(accessPolicies, 'list', { filters }))
  const list = `/${account.id}/iam/service-accounts`
  const why = whyNot('service-accounts:update', { account: account.id })
  const isActive = of.status === 'Active'

  const deletion: Confirmation = {
    title: `Delete ${name}?`,
    deed: 'Delete service account',
    typed: name,
    children: 'All of its tokens and access policies end with it, at once. This cannot be undone.',
    run: async () => {
      await call(serviceAccounts, 'remove', { path: { serviceAccount: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Deleted the service account ${name}.` })
      await refresh(serviceAccounts, accessPolicies, auditEvents)
    },
  }
  return (
    <Page
      title={name}
      back={{ to: list, label: 'Service accounts' }}
      about={of.description}
      badge={<Badge color={isActive ? 'mint' : 'gray'}>{of.status}</Badge>}
      acts={
        <>
          <ActionButton variant="default" leftSection={<PencilIcon />} onClick={editing.open} why={why}>
            Edit
          </ActionButton>
          <ActionButton
            variant="default"
            onClick={() =>
              isActive ? setConfirmation(deactivation(of)) : void save.run(() => setStatus(of, 'Active'))
            }
            why={why}
          >
            {isActive ? 'Deactivate' : 'Activate'}
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            why={whyNot('service-accounts:delete', { account: account.id })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Refusal text={save.rest()} />
      {policies.data?.length === 0 && (
        <Alert color="yellow" variant="light" icon={<AlertIcon />} title="It can do nothing yet">
          It has no access policy. Add one under Access.
        </Alert>
      )}
      <Panel title="Details">
        <Facts
          of={[
            ['E-mail', <Copied key="email" text={of.email ?? ''} name="Copy e-mail" />],
            ['Owners', <Owners key="owners" ids={of.owners ?? []} />],
            ['Id', <Copied key="id" text={of.id} name="Copy id" />],
            ['Created', <Time key="created" at={of.createdAt} />],
          ]}
        />
      </Panel>
      <Tabs label={name} of={tabs} />
      {tab === 'tokens' && (
        <Stack gap={12}>
          <Group justify="flex-end">
            <ActionButton leftSection={<PlusIcon />} onClick={generating.open} why={why}>
              Generate token
            </ActionButton>
          </Group>
          <TokenTable
            label={`Tokens of ${name}`}
            serviceAccountId={of.id}
            why={why}
            empty="Generate one for each place that uses it, so that each can be ended alone."
          />
        </Stack>
      )}
      {tab === 'access' && (
        <>
          <PoliciesPanel
            subject={{ serviceAccountId: of.id }}
            filters={filters}
            empty="It can do nothing until it has one."
            vouching={{ confirmation: vouching(of), why }}
          />
          <EffectivePermissions filters={filters} pronoun="it" />
        </>
      )}
      {tab === 'activity' && <ActivityPanel of={of.id} doer="it" />}
      <GenerateToken opened={isGenerating} onClose={generating.close} serviceAccount={{ id: of.id, name }} />
      <Modal opened={isEditing} onClose={editing.close} title={`Edit ${name}`} centered>
        <EditServiceAccount of={of} onClose={editing.close} />
      </Modal>
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

async function setStatus({ id, name }: Account, status: 'Active' | 'Inactive'): Promise<void> {
  const write = async (given: typeof status) => {
    await call(serviceAccounts, 'update', { path: { serviceAccount: id }, wish: { status: given } })
    await refresh(serviceAccounts, accessTokens, auditEvents)
  }
  await write(status)
  if (status === 'Active') showToast({ message: `${name} is active again; its tokens work.` })
  else showToastWithUndo(`${name} is inactive; its tokens are refused.`, () => write('Active'))
}

const deactivation = (of: Account): Confirmation => ({
  title: `Deactivate ${of.name}?`,
  deed: 'Deactivate',
  children: 'Its tokens are refused from the next request on, and work again when you activate it.',
  run: () => setStatus(of, 'Inactive'),
})

const vouching = ({ id, name }: Account): Confirmation => ({
  title: `Confirm the credentials of ${name}?`,
  deed: 'Confirm credentials',
  children:
    'You take responsibility for the tokens and assume policies that others made for it. Then it can be granted rights that they do not hold. Look through its tokens first.',
  run: async () => {
    await call(serviceAccounts, 'confirmCredentials', { path: { serviceAccount: id } })
    await refresh(auditEvents)
    showToast({ message: `Confirmed the credentials of ${name}.` })
  },
})

const Copied = ({ text, name }: { text: string; name: string }) => (
  <Group gap={6} wrap="nowrap">
    <span className="mono break">{text}</span>
    <CopyMark text={text} name={name} />
  </Group>
)

function Owners({ ids }: { ids: readonly string[] }) {
  const known = useByIds(teams, ids)
  if (ids.length === 0) return <Text c="dimmed">No team answers for it.</Text>
  return <Text>{ids.map((id) => known.get(id)?.name ?? id).join(', ')}</Text>
}
