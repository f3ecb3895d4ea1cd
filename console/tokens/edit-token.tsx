import { Modal, Stack, TextInput } from '@mantine/core'
import { accessTokens, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { DescriptionField } from '../parts/description-field.tsx'
import { FormActions } from '../parts/form-actions.tsx'
import { saveWithUndo } from '../parts/undo.tsx'
import { useSave } from '../parts/use-save.ts'
import { invalidate } from '../queries.ts'
import { call } from '../server.ts'
import { type Token, titleOf } from './token-text.tsx'

export function EditToken({ token, onClose }: { token: Token | null; onClose: () => void }) {
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={token && `Edit token “${titleOf(token)}”`}
      size="md"
      centered
    >
      {token && <EditTokenForm token={token} onClose={onClose} />}
    </Modal>
  )
}

function EditTokenForm({ token, onClose }: { token: Token; onClose: () => void }) {
  const [name, setName] = useState(token.name ?? '')
  const [description, setDescription] = useState(token.description ?? '')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const change = {
      before: { name: token.name ?? '', description: token.description ?? null },
      after: { name: name.trim(), description: description.trim() || null },
      write: async (input: { name: string; description: string | null }) => {
        const saved = await call(accessTokens, 'update', { path: { accessToken: token.id }, input })
        await invalidate(accessTokens, auditEvents)
        return saved
      },
      message: `Saved ${name.trim()}.`,
    }
    if (await save.run(() => saveWithUndo(change))) onClose()
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
        <DescriptionField
          value={description}
          onChange={setDescription}
          save={save}
          label="Note"
          maxLength={255}
          maxRows={4}
        />
        <FormActions save={save} submitLabel="Save changes" disabled={name.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
