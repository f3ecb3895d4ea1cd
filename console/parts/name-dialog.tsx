/** A dialog with a name field, to create or rename something. */
import { Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormActions } from './form-actions.tsx'
import { useSave } from './use-save.ts'

export interface NameDialogOptions {
  readonly title: string
  readonly submitLabel: string
  readonly name?: string
  readonly description?: string
  readonly max?: number
  readonly onSubmit: (name: string) => Promise<unknown>
}

export function NameDialog({ of, onClose }: { of: NameDialogOptions | null; onClose: () => void }) {
  return (
    <Modal opened={of !== null} onClose={onClose} title={of?.title} size="md" centered>
      {of && <NameFields of={of} onClose={onClose} />}
    </Modal>
  )
}

function NameFields({ of, onClose }: { of: NameDialogOptions; onClose: () => void }) {
  const [name, setName] = useState(of.name ?? '')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await save.run(async () => ({ done: await of.onSubmit(name.trim()) }))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          description={of.description}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/name')}
          maxLength={of.max ?? 255}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <FormActions
          save={save}
          submitLabel={of.submitLabel}
          disabled={name.trim() === '' || name.trim() === of.name}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
