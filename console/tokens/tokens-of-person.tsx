/** The tokens of somebody else, as the token report tells them: seen and ended, not renamed. */
import type { Found } from '@mintmark/client'
import { accessTokenUsages } from '@mintmark/contract'
import { KeyIcon, TrashIcon } from '@primer/octicons-react'
import { useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { deletionOf } from './delete-token.tsx'
import { Expiry, LastSix, nameOf, TokenName } from './token-text.tsx'

type Usage = Found<typeof accessTokenUsages>

export function TokensOfPerson({ email, name, why }: { email: string; name: string; why: string | null }) {
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  return (
    <>
      <Listing
        label={`Tokens of ${name}`}
        of={accessTokenUsages}
        operation="list"
        asked={{ filters: { ownerEmail: email } }}
        columns={columns}
        acts={(token) => (
          <ActionIconButton
            name={`Delete ${nameOf(token)}`}
            color="red"
            why={why}
            onClick={() => setConfirmation(deletionOf(token))}
          >
            <TrashIcon />
          </ActionIconButton>
        )}
        search="Search tokens"
        sort="-createdAt"
        empty={<Nothing icon={KeyIcon} title="No tokens" />}
      />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

const none = new Map<string, never>()

const columns: readonly Column<Usage>[] = [
  { name: 'Name', sort: 'name', cell: (token) => <TokenName token={token} line={none} /> },
  { name: 'Token', cell: ({ lastCharacters }) => <LastSix of={lastCharacters} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', sort: 'expiresAt', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
  { name: 'Last used', sort: 'lastUsedAt', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]
