/** What the dialogs ask that add a way to sign in. */
import { Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormEnd } from '../parts/form-end.tsx'
import { useSave } from '../parts/saving.ts'
import { showToast } from '../parts/toast.ts'
import { auth } from '../server.ts'
import { addPasskey } from './add-passkey.ts'
import { NewPassword } from './new-password.tsx'

interface WayForm {
  readonly onClose: () => void
  readonly onDone: () => void
}

export function AddPasskey({ onClose, onDone }: WayForm) {
  const [name, setName] = useState('')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await save.run(() => addPasskey(name.trim())))) return
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <TextInput
          label="Name"
          description="So that you know which device it is on."
          placeholder="Work laptop"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.at('/name')}
          required
          withAsterisk={false}
          data-autofocus
        />
        <FormEnd save={save} deed="Continue" disabled={name.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}

export function SetPassword({ onClose, onDone }: WayForm) {
  const [password, setPassword] = useState('')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await save.run(async () => ({ done: await auth('PUT', 'methods/password', { password }) })))) return
    showToast({ message: 'Your password was set.' })
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <NewPassword value={password} onChange={setPassword} error={save.at('/password')} />
        <FormEnd save={save} deed="Save" disabled={password === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
