/** The tokens of another user, from the token report. They can be revoked but not edited. */
import type { Found } from '@mintmark/client'
import { accessTokenUsages } from '@mintmark/contract'
import { KeyIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { revokeConfirmation } from './revoke-confirmation.tsx'
import { Expiry, LastSix, nameOf, TokenName } from './token-text.tsx'

type Usage = Found<typeof accessTokenUsages>

export function UserTokens({
  email,
  name,
  disabledReason,
}: {
  email: string
  name: string
  disabledReason: string | null
}) {
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  return (
    <>
      <Listing
        label={`Tokens of ${name}`}
        of={accessTokenUsages}
        operation="list"
        request={{ filters: { ownerEmail: email } }}
        columns={columns}
        actions={(token) => (
          <ActionIconButton
            name={`Revoke ${nameOf(token)}`}
            color="red"
            disabledReason={disabledReason}
            onClick={() => setConfirmation(revokeConfirmation(token))}
          >
            <TrashIcon />
          </ActionIconButton>
        )}
        search="Search tokens"
        sort="-createdAt"
        empty={<EmptyState icon={KeyIcon} title="No tokens" />}
      />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

const noFamilyTokens = new Map<string, never>()

const columns: readonly Column<Usage>[] = [
  { name: 'Name', sort: 'name', cell: (token) => <TokenName token={token} line={noFamilyTokens} /> },
  { name: 'Token', cell: ({ lastCharacters }) => <LastSix of={lastCharacters} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', sort: 'expiresAt', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
  { name: 'Last used', sort: 'lastUsedAt', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]
