/** Selects the teams of a user or the owners of a service account. */
import { Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { useSave } from '../parts/use-save.ts'
import { TeamSelect } from './team-select.tsx'

interface TeamsForm {
  readonly label: 'Teams' | 'Owners'
  readonly about?: string
  readonly teams: readonly string[]
  /** Whether at least one team is required. */
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
          error={save.errorAt(`/data/relationships/${label.toLowerCase()}`)}
        />
        <FormActions
          save={save}
          submitLabel="Save changes"
          disabled={isRequired && chosen.length === 0}
          onCancel={onClose}
          initialFocus="cancel"
        />
      </Stack>
    </form>
  )
}
