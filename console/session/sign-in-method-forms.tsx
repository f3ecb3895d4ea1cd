/** Forms that add a sign-in method. */
import { Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../parts/form-actions.tsx'
import { showToast } from '../parts/toast.ts'
import { useSave } from '../parts/use-save.ts'
import { callAuth } from '../server.ts'
import { addPasskey } from './add-passkey.ts'
import { NewPassword } from './new-password.tsx'

interface MethodFormProps {
  readonly onClose: () => void
  readonly onDone: () => void
}

export function AddPasskey({ onClose, onDone }: MethodFormProps) {
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
          description="Helps you recognize the device."
          placeholder="Work laptop"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={save.errorAt('/name')}
          required
          withAsterisk={false}
          data-autofocus
        />
        <FormActions save={save} submitLabel="Continue" disabled={name.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}

export function SetPassword({ onClose, onDone }: MethodFormProps) {
  const [password, setPassword] = useState('')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await save.run(async () => ({ done: await callAuth('PUT /auth/methods/password', { body: { password } }) }))))
      return
    showToast({ message: 'Password saved.' })
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <NewPassword value={password} onChange={setPassword} error={save.errorAt('/password')} />
        <FormActions save={save} submitLabel="Save password" disabled={password === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
