/** Lists the passkeys of the user. */
import { Text } from '@mantine/core'
import { PlusIcon, TrashIcon } from '@primer/octicons-react'
import { ActionButton, ActionIconButton } from '../parts/action-button.tsx'
import type { Confirmation } from '../parts/confirm.tsx'
import { Panel } from '../parts/page.tsx'
import { type Column, Records } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { showToast } from '../parts/toast.ts'
import { callAuth } from '../server.ts'
import { arePasskeysSupported } from './passkey.ts'
import { invalidateSignInMethods, type Passkey } from './sign-in-methods.ts'

export function PasskeysPanel({
  passkeys,
  onAdd,
  onRemove,
}: {
  passkeys: readonly Passkey[]
  onAdd: () => void
  onRemove: (passkey: Passkey) => void
}) {
  const add = (
    <ActionButton
      variant="default"
      leftSection={<PlusIcon />}
      onClick={onAdd}
      disabledReason={
        arePasskeysSupported() ? null : 'Passkeys require HTTPS or localhost and a browser that supports them.'
      }
    >
      Add passkey
    </ActionButton>
  )
  return (
    <Panel title="Passkeys" actions={add} flush>
      {passkeys.length === 0 ? (
        <EmptyState title="No passkeys yet">
          Sign in with your fingerprint, face, PIN or security key instead of a password. Passkeys protect you against
          phishing.
        </EmptyState>
      ) : (
        <Records
          label="Passkeys"
          rows={passkeys}
          columns={passkeyColumns}
          actions={(passkey) => (
            <ActionIconButton name={`Remove ${passkey.name}`} color="red" onClick={() => onRemove(passkey)}>
              <TrashIcon />
            </ActionIconButton>
          )}
        />
      )}
    </Panel>
  )
}

const passkeyColumns: readonly Column<Passkey>[] = [
  { name: 'Name', cell: ({ name }) => <Text fw={600}>{name}</Text> },
  { name: 'Added', cell: (passkey) => <Time at={passkey['created-at']} /> },
  { name: 'Last used', cell: (passkey) => <Time at={passkey['last-used-at']} /> },
]

export const removePasskeyConfirmation = ({ id, name }: Passkey): Confirmation => ({
  title: `Remove passkey “${name}”?`,
  submitLabel: 'Remove passkey',
  children: (
    <>
      You can no longer sign in with the passkey <b>{name}</b>. To remove it from the device too, delete it there.
    </>
  ),
  onConfirm: async () => {
    await callAuth('DELETE /auth/methods/passkeys/{passkey}', { params: { passkey: id } })
    await invalidateSignInMethods()
    showToast({ message: `Removed passkey ${name}.` })
  },
})
