/** Changes the name and the email address of a user. */
import { Modal, Stack, TextInput } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { auditEvents, users } from '@mintmark/contract'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { showToast } from '../parts/toast.ts'
import { useSave } from '../parts/use-save.ts'
import { invalidate, queries } from '../queries.ts'
import { call } from '../server.ts'
import { sessionQuery } from '../session/session.ts'

interface EditUser {
  readonly of: Found<typeof users>
  readonly onClose: () => void
}

export function EditUser({ opened, ...rest }: EditUser & { opened: boolean }) {
  return (
    <Modal
      opened={opened}
      onClose={rest.onClose}
      title={`Edit user “${rest.of.fullName || rest.of.email}”`}
      size="md"
      centered
    >
      <Fields {...rest} />
    </Modal>
  )
}

function Fields({ of, onClose }: EditUser) {
  const [name, setName] = useState(of.fullName ?? '')
  const [email, setEmail] = useState(of.email ?? '')
  const save = useSave()
  const isMoved = email.trim() !== of.email
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await save.run(async () => {
      const input = { fullName: name.trim() || null, ...(isMoved ? { email: email.trim() } : {}) }
      await call(users, 'update', { path: { user: of.id }, input })
      await invalidate(users, auditEvents)
      // It can be the signed-in user.
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
      return true
    })
    if (!saved) return
    showToast({ message: `Saved ${name.trim() || email.trim()}.` })
    onClose()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/full-name')}
          maxLength={255}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Email"
          description="The user signs in with it. A change ends their other sessions, and they are notified at both addresses."
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={save.errorAt('/data/attributes/email')}
          required
          withAsterisk={false}
          autoComplete="off"
        />
        <FormActions
          save={save}
          submitLabel="Save changes"
          disabled={email.trim() === '' || (!isMoved && name.trim() === (of.fullName ?? ''))}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
