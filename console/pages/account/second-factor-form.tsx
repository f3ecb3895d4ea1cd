import { Stack, Switch } from '@mantine/core'
import { useState } from 'react'
import { type Confirmation, ConfirmDialog } from '../../parts/confirm.tsx'
import { showToast } from '../../parts/toast.ts'
import { type AccountForm, updateAccount } from './update-account.ts'

export function SecondFactorForm({ of, isReadOnly }: AccountForm) {
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const isRequired = of.requireSecondFactor ?? false
  const confirmationOf = (required: boolean): Confirmation => ({
    title: required ? 'Require a second factor?' : 'Make the second factor optional?',
    submitLabel: required ? 'Require second factor' : 'Make optional',
    children: required
      ? 'Users without a passkey or an authenticator app have to set one up before their next request. Tokens and service accounts are not affected.'
      : 'Users can sign in with a password alone.',
    onConfirm: async () => {
      await updateAccount(of.id, { requireSecondFactor: required })
      showToast({ message: required ? 'A second factor is now required.' : 'The second factor is now optional.' })
    },
  })
  return (
    <Stack gap={14} maw={620}>
      <Switch
        label="Require a second factor"
        description="Users sign in with a passkey, or with a password and an authenticator app. Set up your own first."
        checked={isRequired}
        disabled={isReadOnly}
        onChange={(event) => setConfirmation(confirmationOf(event.currentTarget.checked))}
      />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Stack>
  )
}
