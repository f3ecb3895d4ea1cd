/** A team: made, or changed. */

import { Modal, Stack, Textarea, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, teams, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { RecordsSelect } from '../parts/record-select.tsx'
import { useSave } from '../parts/saving.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { nameOfPerson } from './people.tsx'

type Team = Found<typeof teams>

interface TeamWish {
  readonly name: string
  readonly description: string | null
  readonly users: readonly string[]
}

interface TeamForm {
  readonly opened: boolean
  /** Null: a new one. */
  readonly team: Team | null
  readonly onClose: () => void
  readonly onDone?: (team: Team) => void
}

export function TeamForm({ opened, team, onClose, onDone }: TeamForm) {
  return (
    <Modal opened={opened} onClose={onClose} title={team ? `Edit ${team.name}` : 'Create team'} centered>
      <Wish team={team} onClose={onClose} onDone={onDone} />
    </Modal>
  )
}

const change = ({ id, name = '', description = null, users: members = [] }: Team, wish: TeamWish) =>
  saveWithUndo({
    before: { name, description, users: members },
    wish,
    write: async (given) => {
      const saved = await call(teams, 'update', { path: { team: id }, wish: { ...given, users: [...given.users] } })
      await refresh(teams, users, auditEvents)
      return saved
    },
    message: `Saved the team ${wish.name}.`,
  })

function Wish({
  team,
  onClose,
  onDone,
}: Omit<TeamForm, 'opened' | 'onDone'> & { onDone: TeamForm['onDone'] | undefined }) {
  const account = useAccount()
  const [name, setName] = useState(team?.name ?? '')
  const [description, setDescription] = useState(team?.description ?? '')
  const [members, setMembers] = useState<readonly string[]>(team?.users ?? [])
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const wish = { name: name.trim(), description: description.trim() || null, users: [...members] }
    const saved = await save.run(() =>
      team ? change(team, wish) : call(teams, 'create', { wish: { ...wish, accountId: account.id } }),
    )
    if (!saved) return
    await refresh(teams, users, auditEvents)
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
          error={save.at('/data/attributes/name')}
          maxLength={255}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Textarea
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={save.at('/data/attributes/description')}
          maxLength={1024}
          autosize
          minRows={1}
          maxRows={5}
        />
        <RecordsSelect
          of={users}
          filters={{ account: account.id }}
          label="Members"
          placeholder="Nobody yet"
          nameOf={nameOfPerson}
          aboutOf={({ fullName, email }) => (fullName ? email : null)}
          value={members}
          onChange={setMembers}
          error={save.at('/data/relationships/users')}
        />
        <FormEnd save={save} deed={team ? 'Save' : 'Create team'} disabled={name.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
