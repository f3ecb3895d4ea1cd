/** Rotates, edits and revokes the token of the page. */
import { accessTokens } from '@mintmark/contract'
import { SyncIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { ActionButton, EditButton } from '../../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../../parts/confirm.tsx'
import { lazyComponent } from '../../parts/lazy-component.tsx'
import { useAccount } from '../../session/account.ts'
import { useDenialReason } from '../../session/rights.ts'
import { useSession } from '../../session/session.ts'
import { revokeConfirmation } from '../../tokens/revoke-confirmation.tsx'
import { rotateDisabledReason, type Token } from '../../tokens/token-text.tsx'

const RotateToken = lazyComponent(async () => (await import('../../tokens/rotate-token.tsx')).RotateToken)
const EditToken = lazyComponent(async () => (await import('../../tokens/edit-token.tsx')).EditToken)

export function TokenActions({ of }: { of: Token }) {
  const disabledReason = useDisabledReason(of)
  const [dialog, setDialog] = useState<'rotate' | 'edit' | null>(null)
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const close = () => setDialog(null)
  return (
    <>
      <ActionButton
        variant="default"
        leftSection={<SyncIcon />}
        onClick={() => setDialog('rotate')}
        disabledReason={disabledReason('update') ?? rotateDisabledReason(of)}
      >
        Rotate
      </ActionButton>
      <EditButton onClick={() => setDialog('edit')} disabledReason={disabledReason('update')} />
      <ActionButton
        variant="light"
        color="red"
        onClick={() => setConfirmation(revokeConfirmation(of))}
        disabledReason={disabledReason('remove')}
      >
        Revoke
      </ActionButton>
      <RotateToken
        token={dialog === 'rotate' ? of : null}
        owner={of.ownerType === 'user' ? 'person' : 'service account'}
        onClose={close}
      />
      <EditToken token={dialog === 'edit' ? of : null} onClose={close} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

/** Everyone can change their own tokens. */
function useDisabledReason({ ownerType = 'user', ownerId }: Token) {
  const account = useAccount()
  const { user } = useSession()
  const denialReason = useDenialReason()
  return (operation: 'update' | 'remove') =>
    ownerId === user.id
      ? null
      : denialReason(accessTokens.operations[operation].permission[ownerType], { account: account.id })
}
