/** Changes the user's own email address: mails a code to the new address, and asks for it. */
import { Anchor, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormActions } from '../../parts/form-actions.tsx'
import { showToast } from '../../parts/toast.ts'
import { useSave } from '../../parts/use-save.ts'
import { queries } from '../../queries.ts'
import { callAuth } from '../../server.ts'
import { sessionQuery } from '../../session/session.ts'

export function ChangeEmail({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Change email address" size="md" centered>
      <Steps onClose={onClose} />
    </Modal>
  )
}

function Steps({ onClose }: { onClose: () => void }) {
  const [mailed, setMailed] = useState<Mailed | null>(null)
  return mailed === null ? (
    <EmailForm onMailed={setMailed} onClose={onClose} />
  ) : (
    <CodeForm of={mailed} onClose={onClose} />
  )
}

/** A code that was mailed; without the address if it was before this dialog was opened. */
interface Mailed {
  readonly to?: string
}

function EmailForm({ onMailed, onClose }: { onMailed: (mailed: Mailed) => void; onClose: () => void }) {
  const [email, setEmail] = useState('')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(async () => {
      await callAuth('POST /auth/email', { body: { email: email.trim() } })
      onMailed({ to: email.trim() })
    })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={14}>
        <TextInput
          label="New email address"
          description="We send a code to this address. Your current address stays until you enter the code."
          type="email"
          autoComplete="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={save.errorAt('/email')}
          maxLength={254}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Anchor
          component="button"
          type="button"
          size="sm"
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onMailed({})}
        >
          I already have a code
        </Anchor>
        <FormActions save={save} submitLabel="Send code" disabled={email.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}

function CodeForm({ of, onClose }: { of: Mailed; onClose: () => void }) {
  const [code, setCode] = useState('')
  const save = useSave()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await save.run(async () => {
      await callAuth('POST /auth/email/confirm', { body: { code: code.trim() } })
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
      showToast({ message: 'Changed your email address. Your other sessions were signed out.' })
      onClose()
    })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Text className="break">
          {of.to ? `We sent a code to ${of.to}. It expires in an hour.` : 'Enter the code from the latest message.'}
        </Text>
        <TextInput
          label="Code"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={save.errorAt('/code')}
          maxLength={40}
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
        />
        <FormActions save={save} submitLabel="Change email address" disabled={code.trim() === ''} onCancel={onClose} />
      </Stack>
    </form>
  )
}
