import { Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { accessTokens, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { saveWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import type { Token } from './token-text.tsx'

export function RenameToken({ token, onClose }: { token: Token | null; onClose: () => void }) {
  return (
    <Modal opened={token !== null} onClose={onClose} title="Rename token" size="md" centered>
      {token && <Wish token={token} onClose={onClose} />}
    </Modal>
  )
}

function Wish({ token, onClose }: { token: Token; onClose: () => void }) {
  const [name, setName] = useState(token.name ?? '')
  const [description, setDescription] = useState(token.description ?? '')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const change = {
      before: { name: token.name ?? '', description: token.description ?? null },
      wish: { name: name.trim(), description: description.trim() || null },
      write: async (wish: { name: string; description: string | null }) => {
        const saved = await call(accessTokens, 'update', { path: { accessToken: token.id }, wish })
        await refresh(accessTokens, auditEvents)
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
          error={save.at('/data/attributes/name')}
          maxLength={255}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Textarea
          label="Note"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={save.at('/data/attributes/description')}
          maxLength={255}
          autosize
          minRows={1}
          maxRows={4}
        />
        <FormEnd save={save} deed="Save" disabled={name.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
