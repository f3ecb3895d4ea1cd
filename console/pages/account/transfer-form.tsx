import { Button, Group, Stack, Text } from '@mantine/core'
import { users } from '@mintmark/contract'
import { useState } from 'react'
import { displayName } from '../../access/subjects.tsx'
import { type Confirmation, ConfirmDialog } from '../../parts/confirm.tsx'
import { RecordSelect } from '../../parts/record-select.tsx'
import { showToast } from '../../parts/toast.ts'
import { type AccountForm, updateAccount } from './update-account.ts'

/** The owner holds all permissions, and only a user with all permissions can choose another one. */
export function TransferForm({ of }: AccountForm) {
  const [ownerId, setOwnerId] = useState(of.ownerId ?? null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const transfer: Confirmation = {
    title: 'Transfer ownership?',
    submitLabel: 'Transfer ownership',
    typedConfirmation: of.name ?? of.id,
    children:
      'The new owner gets full access to the account, which nobody can take away. The previous owner keeps only the access that other policies grant.',
    onConfirm: async () => {
      await updateAccount(of.id, { ownerId })
      showToast({ message: 'Transferred the ownership.' })
    },
  }
  return (
    <Stack gap={14} maw={420}>
      <Text>The owner always has full access. Transfer the account before the owner leaves.</Text>
      <RecordSelect
        of={users}
        label="Owner"
        filters={{ account: of.id, status: 'Active' }}
        nameOf={displayName}
        aboutOf={({ email }) => email}
        value={ownerId}
        onChange={setOwnerId}
        required
      />
      <Group>
        <Button
          color="red"
          variant="light"
          disabled={ownerId === (of.ownerId ?? null)}
          onClick={() => setConfirmation(transfer)}
        >
          Transfer ownership
        </Button>
      </Group>
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </Stack>
  )
}
