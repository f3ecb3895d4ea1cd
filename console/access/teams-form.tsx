/** Chooses the teams of one person, or those that answer for a service account. */
import { Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { TeamSelect } from './team-select.tsx'

interface TeamsForm {
  readonly label: 'Teams' | 'Owners'
  readonly about?: string
  readonly teams: readonly string[]
  /** Whether there have to be some. */
  readonly isRequired?: boolean
  readonly onSave: (teams: readonly string[]) => Promise<void>
  readonly onClose: () => void
}

export function TeamsForm({ label, about, teams, isRequired = false, onSave, onClose }: TeamsForm) {
  const [chosen, setChosen] = useState(teams)
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await save.run(async () => ({ done: await onSave(chosen) }))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        {about && <Text>{about}</Text>}
        <TeamSelect
          label={label}
          value={chosen}
          onChange={setChosen}
          error={save.at(`/data/relationships/${label.toLowerCase()}`)}
        />
        <FormEnd
          save={save}
          deed="Save"
          disabled={isRequired && chosen.length === 0}
          onCancel={onClose}
          start="cancel"
        />
      </Stack>
    </form>
  )
}
