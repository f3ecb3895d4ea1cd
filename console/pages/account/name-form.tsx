import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ErrorAlert } from '../../parts/states.tsx'
import { saveWithUndo } from '../../parts/undo.tsx'
import { useUnsavedChangesPrompt } from '../../parts/unsaved-changes.tsx'
import { useSave } from '../../parts/use-save.ts'
import { type AccountForm, updateAccount } from './update-account.ts'

export function NameForm({ of, isReadOnly }: AccountForm) {
  const before = of.name ?? ''
  const [name, setName] = useState(before)
  const save = useSave()
  const isChanged = name.trim() !== before
  useUnsavedChangesPrompt(isChanged)
  const write = async (next: string) => {
    await updateAccount(of.id, { name: next })
    setName(next)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(() => saveWithUndo({ before, after: name.trim(), write, message: 'Saved the name of the account.' }))
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14} maw={420}>
        <TextInput
          label="Name"
          description="1 to 255 characters. The ID of the account does not change."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={name.trim() === '' ? 'Enter a name.' : save.errorAt('/data/attributes/name')}
          maxLength={255}
          autoComplete="off"
          disabled={isReadOnly}
        />
        <ErrorAlert text={save.otherErrors()} />
        {!isReadOnly && (
          <Group>
            <Button type="submit" loading={save.busy} disabled={!isChanged || name.trim() === ''}>
              Save name
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}
