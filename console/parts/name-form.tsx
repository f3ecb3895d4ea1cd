/** Asks for a name and saves it: to create something, or to call it differently. */
import { Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormEnd } from './form-end.tsx'
import { useSave } from './saving.ts'

export interface NameInput {
  readonly title: string
  readonly deed: string
  readonly name?: string
  readonly description?: string
  readonly max?: number
  readonly run: (name: string) => Promise<unknown>
}

export function NameForm({ of, onClose }: { of: NameInput | null; onClose: () => void }) {
  return (
    <Modal opened={of !== null} onClose={onClose} title={of?.title} size="md" centered>
      {of && <Wish of={of} onClose={onClose} />}
    </Modal>
  )
}

function Wish({ of, onClose }: { of: NameInput; onClose: () => void }) {
  const [name, setName] = useState(of.name ?? '')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (await save.run(async () => ({ done: await of.run(name.trim()) }))) onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          description={of.description}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.at('/data/attributes/name')}
          maxLength={of.max ?? 255}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <FormEnd
          save={save}
          deed={of.deed}
          disabled={name.trim() === '' || name.trim() === of.name}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
