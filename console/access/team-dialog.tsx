/** Creates or edits a team. */

import { Modal, Stack, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, teams, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { RecordMultiSelect } from '../parts/record-select.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { displayName } from './subjects.tsx'

type Team = Found<typeof teams>

interface TeamInput {
  readonly name: string
  readonly description: string | null
  readonly users: readonly string[]
}

interface TeamDialog {
  readonly opened: boolean
  /** Null for a new team. */
  readonly team: Team | null
  readonly onClose: () => void
  readonly onDone?: (team: Team) => void
}

export function TeamDialog({ opened, team, onClose, onDone }: TeamDialog) {
  return (
    <Modal opened={opened} onClose={onClose} title={team ? `Edit team “${team.name}”` : 'Create team'} centered>
      <TeamFields team={team} onClose={onClose} onDone={onDone} />
    </Modal>
  )
}

const updateTeam = ({ id, name = '', description = null, users: members = [] }: Team, input: TeamInput) =>
  saveWithUndo({
    before: { name, description, users: members },
    after: input,
    write: async (given) => {
      const saved = await call(teams, 'update', { path: { team: id }, input: { ...given, users: [...given.users] } })
      await invalidate(teams, users, auditEvents)
      return saved
    },
    message: `Saved team ${input.name}.`,
  })

function TeamFields({
  team,
  onClose,
  onDone,
}: Omit<TeamDialog, 'opened' | 'onDone'> & { onDone: TeamDialog['onDone'] | undefined }) {
  const account = useAccount()
  const [name, setName] = useState(team?.name ?? '')
  const [description, setDescription] = useState(team?.description ?? '')
  const [members, setMembers] = useState<readonly string[]>(team?.users ?? [])
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const input = { name: name.trim(), description: description.trim() || null, users: [...members] }
    const saved = await save.run(() =>
      team ? updateTeam(team, input) : call(teams, 'create', { input: { ...input, accountId: account.id } }),
    )
    if (!saved) return
    await invalidate(teams, users, auditEvents)
    onClose()
    onDone?.(saved)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/name')}
          maxLength={255}
          required
          withAsterisk={false}
          data-autofocus
        />
        <DescriptionField value={description} onChange={setDescription} save={save} />
        <RecordMultiSelect
          of={users}
          filters={{ account: account.id }}
          label="Members"
          placeholder="No members"
          nameOf={displayName}
          aboutOf={({ fullName, email }) => (fullName ? email : null)}
          value={members}
          onChange={setMembers}
          error={save.errorAt('/data/relationships/users')}
        />
        <FormActions
          save={save}
          submitLabel={team ? 'Save changes' : 'Create team'}
          disabled={name.trim() === ''}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
