/** A team: members, access and owned service accounts. */

import { Anchor } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { accessPolicies, auditEvents, serviceAccounts, teams, users } from '@mintmark/contract'
import { HubotIcon, PersonIcon, TrashIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { displayName, Status } from '../access/subjects.tsx'
import { ActivityPanel } from '../audit/activity-panel.tsx'
import { ActionButton, ActionIconButton, EditButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { EmptyState, ErrorState, Loading } from '../parts/states.tsx'
import { Tabs, useTab } from '../parts/tabs.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { invalidate, recordQuery, useRecordsById } from '../queries.ts'
import { call } from '../server.ts'
import { serviceAccountColumns, WithUsage } from '../service-accounts/columns.tsx'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'

const TeamDialog = lazyComponent(async () => (await import('../access/team-dialog.tsx')).TeamDialog)

const tabs = [
  { key: 'members', name: 'Members and access' },
  { key: 'service-accounts', name: 'Owned service accounts' },
  { key: 'activity', name: 'Activity' },
]

type OneTeam = Found<typeof teams>
type Member = Found<typeof users>

export function Team() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(recordQuery(teams, 'show', { path: { team: id }, include: ['users'] }))
  if (data) return <Shown of={data} />
  return (
    <Page title="Team" parent={{ to: `/${account.id}/iam/teams`, label: 'Teams' }}>
      {error ? <ErrorState error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: OneTeam }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const navigate = useNavigate()
  const tab = useTab(tabs)
  const [isEditing, editing] = useDisclosure(false)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const name = of.name ?? ''
  const list = `/${account.id}/iam/teams`
  const disabledReason = denialReason('teams:update', { account: account.id })
  const deletion: Confirmation = {
    title: `Delete team “${name}”?`,
    submitLabel: 'Delete team',
    typedConfirmation: name,
    children: 'Its access policies are deleted too. Its members stay in the account and keep their other access.',
    onConfirm: async () => {
      await call(teams, 'remove', { path: { team: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Deleted team ${name}.` })
      await invalidate(teams, users, accessPolicies, auditEvents)
    },
  }
  const leaving = (member: Member): Confirmation => ({
    title: `Remove member “${displayName(member)}” from team “${name}”?`,
    submitLabel: 'Remove member',
    children: 'This user loses the access of the team immediately.',
    onConfirm: async () => {
      const write = async (members: readonly string[]) => {
        await call(teams, 'update', { path: { team: of.id }, input: { users: [...members] } })
        await invalidate(teams, users, auditEvents)
      }
      const before = of.users ?? []
      await write(before.filter((id) => id !== member.id))
      showToastWithUndo(`Removed ${displayName(member)} from ${name}.`, () => write(before))
    },
  })
  return (
    <Page
      title={name}
      parent={{ to: list, label: 'Teams' }}
      about={of.description}
      actions={
        <>
          <EditButton onClick={editing.open} disabledReason={disabledReason} />
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            disabledReason={denialReason('teams:delete', { account: account.id })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Tabs label={name} of={tabs} />
      {tab === 'members' && (
        <>
          <Members
            of={of}
            disabledReason={disabledReason}
            onEdit={editing.open}
            onRemove={(member) => setConfirmation(leaving(member))}
          />
          <Access of={of.id} />
        </>
      )}
      {tab === 'service-accounts' && <OwnedServiceAccounts of={of.id} />}
      {tab === 'activity' && <ActivityPanel of={of.id} />}
      <TeamDialog opened={isEditing} team={of} onClose={editing.close} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

const Access = ({ of }: { of: string }) => (
  <>
    <PoliciesPanel
      subject={{ teamId: of }}
      filters={{ team: of }}
      empty="Add an access policy to grant permissions to the members of this team."
    />
    <EffectivePermissions filters={{ team: of }} />
  </>
)

const OwnedServiceAccounts = ({ of }: { of: string }) => (
  <Listing
    label="Owned service accounts"
    of={serviceAccounts}
    operation="list"
    request={{ filters: { owner: of }, include: ['owners'] }}
    columns={serviceAccountColumns}
    wrapTable={(rows, table) => <WithUsage rows={rows}>{table}</WithUsage>}
    search="Search service accounts"
    sort="name"
    empty={
      <EmptyState icon={HubotIcon} title="No service accounts">
        Owning teams are notified about expiring, unused and leaked tokens of their service accounts.
      </EmptyState>
    }
  />
)

interface Members {
  readonly of: OneTeam
  readonly disabledReason: string | null
  readonly onEdit: () => void
  readonly onRemove: (member: Member) => void
}

function Members({ of, disabledReason, onEdit, onRemove }: Members) {
  const account = useAccount()
  const known = useRecordsById(users, of.users ?? [])
  const rows = (of.users ?? []).map((id): Member => known.get(id) ?? { id })
  const columns: readonly Column<Member>[] = [
    {
      name: 'User',
      cell: (person) => (
        <Anchor component={Link} to={`/${account.id}/iam/users/${person.id}`} fw={600} className="break">
          {displayName(person) || person.id}
        </Anchor>
      ),
    },
    { name: 'Email', cell: ({ email }) => <span className="break">{email}</span> },
    { name: 'Status', cell: ({ status }) => <Status of={status} /> },
  ]
  return (
    <Panel
      title="Members"
      flush
      actions={
        <ActionButton variant="default" onClick={onEdit} disabledReason={disabledReason}>
          Edit members
        </ActionButton>
      }
    >
      {rows.length === 0 ? (
        <EmptyState icon={PersonIcon} title="No members yet" />
      ) : (
        <Records
          label="Members"
          rows={rows}
          columns={columns}
          actions={(member) => (
            <ActionIconButton
              name={`Remove ${displayName(member)}`}
              color="red"
              disabledReason={disabledReason}
              onClick={() => onRemove(member)}
            >
              <TrashIcon />
            </ActionIconButton>
          )}
        />
      )}
    </Panel>
  )
}
