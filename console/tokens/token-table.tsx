/** The tokens of one owner, with row actions. */
import { accessTokens } from '@mintmark/contract'
import { KeyIcon, PencilIcon, SyncIcon, TrashIcon } from '@primer/octicons-react'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { type Confirmation, ConfirmDialog } from '../parts/confirm.tsx'
import { lazyComponent } from '../parts/lazy-component.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { EmptyState } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useRecordsById } from '../queries.ts'
import { revokeConfirmation } from './revoke-confirmation.tsx'
import { Expiry, LastSix, nameOf, rotateDisabledReason, type Token, TokenName } from './token-text.tsx'

const RotateToken = lazyComponent(async () => (await import('./rotate-token.tsx')).RotateToken)
const EditToken = lazyComponent(async () => (await import('./edit-token.tsx')).EditToken)

export interface TokenTable {
  readonly label: string
  readonly empty: ReactNode
  /** Null for the tokens of the signed-in user. */
  readonly serviceAccountId?: string | null
  /** Why the tokens cannot be changed; null if they can. */
  readonly disabledReason?: string | null
}

type OpenDialog = { readonly what: 'rotate' | 'edit'; readonly token: Token } | { readonly what: 'nothing' }

export function TokenTable({ label, empty, serviceAccountId = null, disabledReason = null }: TokenTable) {
  const [dialog, setDialog] = useState<OpenDialog>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const nothing = () => setDialog({ what: 'nothing' })

  const actions = (token: Token) => (
    <>
      <ActionIconButton
        name={`Rotate ${nameOf(token)}`}
        disabledReason={disabledReason ?? rotateDisabledReason(token)}
        onClick={() => setDialog({ what: 'rotate', token })}
      >
        <SyncIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Edit ${nameOf(token)}`}
        disabledReason={disabledReason}
        onClick={() => setDialog({ what: 'edit', token })}
      >
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Revoke ${nameOf(token)}`}
        disabledReason={disabledReason}
        color="red"
        onClick={() => setConfirmation(revokeConfirmation(token))}
      >
        <TrashIcon />
      </ActionIconButton>
    </>
  )
  const shared = {
    label,
    of: accessTokens,
    columns,
    actions,
    search: 'Search tokens',
    filters: [
      {
        name: 'isExpired',
        label: 'State',
        options: [
          { value: 'false', label: 'Active' },
          { value: 'true', label: 'Expired' },
        ],
      },
    ],
    sort: '-createdAt',
    wrapTable: (rows: readonly Token[], table: ReactNode) => (
      <WithFamilyTokens of={rows} serviceAccountId={serviceAccountId}>
        {table}
      </WithFamilyTokens>
    ),
    empty: (
      <EmptyState icon={KeyIcon} title="No active tokens">
        {empty} Tokens that were revoked are listed under Revoked.
      </EmptyState>
    ),
  } as const
  return (
    <>
      {serviceAccountId ? (
        <Listing
          {...shared}
          operation="listOfServiceAccount"
          request={{ path: { serviceAccount: serviceAccountId } }}
        />
      ) : (
        <Listing {...shared} operation="list" />
      )}
      <RotateToken
        token={dialog.what === 'rotate' ? dialog.token : null}
        owner={serviceAccountId ? 'service account' : 'person'}
        onClose={nothing}
      />
      <EditToken token={dialog.what === 'edit' ? dialog.token : null} onClose={nothing} />
      <ConfirmDialog of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

const columns: readonly Column<Token>[] = [
  { name: 'Name', sort: 'name', cell: (token) => <TokenNameCell token={token} /> },
  { name: 'Token', cell: ({ lastCharacters }) => <LastSix of={lastCharacters} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', sort: 'expiresAt', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
  { name: 'Last used', sort: 'lastUsedAt', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]

/** Predecessors and successors of the listed tokens, which can be on other pages. */
const FamilyTokens = createContext<ReadonlyMap<string, Token>>(new Map())

const TokenNameCell = ({ token }: { token: Token }) => <TokenName token={token} line={useContext(FamilyTokens)} />

interface WithFamilyTokens {
  readonly of: readonly Token[]
  readonly serviceAccountId: string | null
  readonly children: ReactNode
}

function WithFamilyTokens({ of, serviceAccountId, children }: WithFamilyTokens) {
  const ids = of.flatMap(({ predecessorId, successorId }) => [predecessorId, successorId])
  const line = useRecordsById(
    accessTokens,
    ids,
    serviceAccountId
      ? { operation: 'listOfServiceAccount', path: { serviceAccount: serviceAccountId } }
      : { operation: 'list' },
  )
  return <FamilyTokens value={line}>{children}</FamilyTokens>
}
