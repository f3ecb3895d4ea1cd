/** One team: who belongs to it, and what they may do through it. */

import { Anchor } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { accessPolicies, auditEvents, teams, users } from '@mintmark/contract'
import { PencilIcon, PersonIcon, XIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { EffectivePermissions } from '../access/effective-permissions.tsx'
import { nameOfPerson, Status } from '../access/people.tsx'
import { PoliciesPanel } from '../access/policies-panel.tsx'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { Failed, Loading, Nothing } from '../parts/states.tsx'
import { showToast } from '../parts/toast.ts'
import { showToastWithUndo } from '../parts/undo.tsx'
import { oneOf, refresh, useByIds } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'

const TeamForm = fetched(async () => (await import('../access/team-form.tsx')).TeamForm)

type OneTeam = Found<typeof teams>
type Member = Found<typeof users>

export function Team() {
  const account = useAccount()
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(oneOf(teams, 'show', { path: { team: id } }))
  if (data) return <Shown of={data} />
  return (
    <Page title="Team" back={{ to: `/${account.id}/iam/teams`, label: 'Teams' }}>
      {error ? <Failed error={error} again={() => void refetch()} /> : <Loading />}
    </Page>
  )
}

function Shown({ of }: { of: OneTeam }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const navigate = useNavigate()
  const [isEditing, editing] = useDisclosure(false)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const name = of.name ?? ''
  const list = `/${account.id}/iam/teams`
  const filters = { team: of.id }
  const why = whyNot('teams:update', { account: account.id })
  const deletion: Confirmation = {
    title: `Delete ${name}?`,
    deed: 'Delete team',
    typed: name,
    children: 'Its access policies end with it. Its people stay, with what they have from elsewhere.',
    run: async () => {
      await call(teams, 'remove', { path: { team: of.id } })
      void navigate({ to: list, replace: true })
      showToast({ message: `Deleted the team ${name}.` })
      await refresh(teams, users, accessPolicies, auditEvents)
    },
  }
  const leaving = (member: Member): Confirmation => ({
    title: `Remove ${nameOfPerson(member)} from ${name}?`,
    deed: 'Remove',
    children: 'What this person may do through the team is refused from the next request on.',
    run: async () => {
      const write = async (members: readonly string[]) => {
        await call(teams, 'update', { path: { team: of.id }, wish: { users: [...members] } })
        await refresh(teams, users, auditEvents)
      }
      const before = of.users ?? []
      await write(before.filter((id) => id !== member.id))
      showToastWithUndo(`${nameOfPerson(member)} left ${name}.`, () => write(before))
    },
  })
  return (
    <Page
      title={name}
      back={{ to: list, label: 'Teams' }}
      about={of.description}
      acts={
        <>
          <ActionButton variant="default" leftSection={<PencilIcon />} onClick={editing.open} why={why}>
            Edit
          </ActionButton>
          <ActionButton
            variant="light"
            color="red"
            onClick={() => setConfirmation(deletion)}
            why={whyNot('teams:delete', { account: account.id })}
          >
            Delete
          </ActionButton>
        </>
      }
    >
      <Members of={of} why={why} onEdit={editing.open} onRemove={(member) => setConfirmation(leaving(member))} />
      <PoliciesPanel subject={{ teamId: of.id }} filters={filters} empty="Belonging to this team gives nothing yet." />
      <EffectivePermissions filters={filters} pronoun="it" />
      <TeamForm opened={isEditing} team={of} onClose={editing.close} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </Page>
  )
}

interface Members {
  readonly of: OneTeam
  readonly why: string | null
  readonly onEdit: () => void
  readonly onRemove: (member: Member) => void
}

function Members({ of, why, onEdit, onRemove }: Members) {
  const account = useAccount()
  const known = useByIds(users, of.users ?? [])
  const rows = (of.users ?? []).map((id): Member => known.get(id) ?? { id })
  const columns: readonly Column<Member>[] = [
    {
      name: 'Person',
      cell: (person) => (
        <Anchor component={Link} to={`/${account.id}/iam/users/${person.id}`} fw={600} className="break">
          {nameOfPerson(person) || person.id}
        </Anchor>
      ),
    },
    { name: 'E-mail', cell: ({ email }) => <span className="break">{email}</span> },
    { name: 'Status', cell: ({ status }) => <Status of={status} /> },
  ]
  return (
    <Panel
      title="Members"
      flush
      acts={
        <ActionButton variant="default" onClick={onEdit} why={why}>
          Change members
        </ActionButton>
      }
    >
      {rows.length === 0 ? (
        <Nothing icon={PersonIcon} title="Nobody yet" />
      ) : (
        <Records
          label="Members"
          rows={rows}
          columns={columns}
          acts={(member) => (
            <ActionIconButton
              name={`Remove ${nameOfPerson(member)}`}
              color="red"
              why={why}
              onClick={() => onRemove(member)}
            >
              <XIcon />
            </ActionIconButton>
          )}
        />
      )}
    </Panel>
  )
}
