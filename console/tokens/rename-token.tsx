import { Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { accessTokens, auditEvents } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { tellWithUndo } from '../parts/undo.tsx'
import { refresh } from '../queries.ts'
import { call } from '../server.ts'
import type { Token } from './token-words.tsx'

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
    const wish = { name: name.trim(), description: description.trim() || null }
    const write = async (given: typeof wish) => {
      const written = await call(accessTokens, 'update', { path: { accessToken: token.id }, wish: given })
      await refresh(accessTokens, auditEvents)
      return written
    }
    if (!(await save.run(() => write(wish)))) return
    onClose()
    const before = { name: token.name ?? '', description: token.description ?? null }
    if (wish.name !== before.name || wish.description !== before.description)
      tellWithUndo(`Saved ${wish.name}.`, () => write(before))
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
