/** Name, email address and teams of a user, with the dialogs that change them. */
import { Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Found } from '@mintmark/client'
import { auditEvents, teams, users } from '@mintmark/contract'
import { PeopleIcon } from '@primer/octicons-react'
import { ActionButton, EditButton } from '../parts/action-button.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Facts, Panel } from '../parts/page.tsx'
import { Time } from '../parts/time.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { displayName, TeamLinks } from './subjects.tsx'

const EditUser = lazyComponent(async () => (await import('./edit-user.tsx')).EditUser)

const TeamsForm = lazyComponent(async () => (await import('./teams-form.tsx')).TeamsForm)

interface UserDetails {
  readonly of: Found<typeof users>
  /** Why the user cannot be edited. */
  readonly disabledReason: string | null
}

export function UserDetails({ of, disabledReason }: UserDetails) {
  const [isChoosing, choosing] = useDisclosure(false)
  const [isEditing, editing] = useDisclosure(false)
  const name = displayName(of)
  const setTeams = (chosen: readonly string[]) =>
    saveWithUndo({
      before: of.teams ?? [],
      after: chosen,
      write: async (given) => {
        await call(users, 'update', { path: { user: of.id }, input: { teams: [...given] } })
        await invalidate(users, teams, auditEvents)
      },
      message: `Saved the teams of ${name}.`,
    })
  return (
    <Panel
      title="Details"
      actions={
        <>
          <EditButton onClick={editing.open} disabledReason={disabledReason} />
          <ActionButton
            variant="default"
            leftSection={<PeopleIcon />}
            onClick={choosing.open}
            disabledReason={disabledReason}
          >
            Edit teams
          </ActionButton>
        </>
      }
    >
      <Facts
        of={[
          ['Email', of.email],
          ['Teams', <TeamLinks key="teams" ids={of.teams ?? []} />],
          ['Added', <Time key="added" at={of.createdAt} />],
          ['Last sign-in', <Time key="last" at={of.lastLoginAt} />],
          [
            'ID',
            <span key="id" className="mono">
              {of.id}
            </span>,
          ],
        ]}
      />
      <Modal opened={isChoosing} onClose={choosing.close} title={`Teams of user “${name}”`} centered>
        <TeamsForm label="Teams" teams={of.teams ?? []} onSave={setTeams} onClose={choosing.close} />
      </Modal>
      <EditUser of={of} opened={isEditing} onClose={editing.close} />
    </Panel>
  )
}
