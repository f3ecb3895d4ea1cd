/** The tokens of one owner: what they are, and what can be done with each on its line. */

import { Anchor } from '@mantine/core'
import { accessTokens } from '@mintmark/contract'
import { KeyIcon, PencilIcon, SyncIcon, TrashIcon, XIcon } from '@primer/octicons-react'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { ActionIconButton } from '../parts/action-button.tsx'
import { Confirm, type Confirmation } from '../parts/confirm.tsx'
import { fetched } from '../parts/fetched.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/records.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { useByIds } from '../queries.ts'
import { deletionOf } from './delete-token.tsx'
import { Expiry, LastSix, nameOf, type Token, TokenName } from './token-text.tsx'

const TokenActivity = fetched(async () => (await import('./token-activity.tsx')).TokenActivity)
const RotateToken = fetched(async () => (await import('./rotate-token.tsx')).RotateToken)
const RenameToken = fetched(async () => (await import('./rename-token.tsx')).RenameToken)

interface TokenTable {
  readonly label: string
  readonly empty: ReactNode
  /** Null: one's own. */
  readonly serviceAccountId?: string | null
  /** Why these may not be changed; null when they may. */
  readonly why?: string | null
}

type Doing = { readonly what: 'rotate' | 'rename' | 'see uses'; readonly token: Token } | { readonly what: 'nothing' }

export function TokenTable({ label, empty, serviceAccountId = null, why = null }: TokenTable) {
  const [doing, setDoing] = useState<Doing>({ what: 'nothing' })
  const [confirmation, setConfirmation] = useState<Confirmation | null>(null)
  const nothing = () => setDoing({ what: 'nothing' })
  const Delete = serviceAccountId ? XIcon : TrashIcon

  const acts = (token: Token) => (
    <>
      <ActionIconButton
        name={`Rotate ${nameOf(token)}`}
        why={why ?? rotated(token)}
        onClick={() => setDoing({ what: 'rotate', token })}
      >
        <SyncIcon />
      </ActionIconButton>
      <ActionIconButton name={`Rename ${nameOf(token)}`} why={why} onClick={() => setDoing({ what: 'rename', token })}>
        <PencilIcon />
      </ActionIconButton>
      <ActionIconButton
        name={`Delete ${nameOf(token)}`}
        why={why}
        color="red"
        onClick={() => setConfirmation(deletionOf(token))}
      >
        <Delete />
      </ActionIconButton>
    </>
  )
  const shared = {
    label,
    of: accessTokens,
    columns: [...columns, lastUsed((token) => setDoing({ what: 'see uses', token }))],
    acts,
    search: 'Search tokens',
    choices: [
      {
        name: 'isExpired',
        label: 'Any state',
        options: [
          { value: 'false', label: 'Live' },
          { value: 'true', label: 'Expired' },
        ],
      },
    ],
    sort: '-createdAt',
    around: (rows: readonly Token[], table: ReactNode) => (
      <Lines of={rows} serviceAccountId={serviceAccountId}>
        {table}
      </Lines>
    ),
    empty: (
      <Nothing icon={KeyIcon} title="No tokens yet">
        {empty}
      </Nothing>
    ),
  } as const
  return (
    <>
      {serviceAccountId ? (
        <Listing {...shared} operation="listOfServiceAccount" asked={{ path: { serviceAccount: serviceAccountId } }} />
      ) : (
        <Listing {...shared} operation="list" />
      )}
      <RotateToken
        token={doing.what === 'rotate' ? doing.token : null}
        owner={serviceAccountId ? 'service account' : 'person'}
        onClose={nothing}
      />
      <RenameToken token={doing.what === 'rename' ? doing.token : null} onClose={nothing} />
      <TokenActivity token={doing.what === 'see uses' ? doing.token : null} onClose={nothing} />
      <Confirm of={confirmation} onClose={() => setConfirmation(null)} />
    </>
  )
}

const rotated = ({ successorId }: Token) => (successorId ? 'It was rotated already; rotate its successor.' : null)

const columns: readonly Column<Token>[] = [
  { name: 'Name', sort: 'name', cell: (token) => <Named token={token} /> },
  { name: 'Token', cell: ({ lastCharacters }) => <LastSix of={lastCharacters} /> },
  { name: 'Created', sort: 'createdAt', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'Expires', sort: 'expiresAt', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
]

const lastUsed = (onSee: (token: Token) => void): Column<Token> => ({
  name: 'Last used',
  sort: 'lastUsedAt',
  cell: (token) => (
    <>
      <Time at={token.lastUsedAt} />{' '}
      {token.lastUsedAt && (
        <Anchor
          component="button"
          size="sm"
          aria-label={`Where ${nameOf(token)} was used`}
          onClick={() => onSee(token)}
        >
          where
        </Anchor>
      )}
    </>
  ),
})

/** Those which the shown ones replace or are replaced by, whatever page they stand on. */
const Line = createContext<ReadonlyMap<string, Token>>(new Map())

const Named = ({ token }: { token: Token }) => <TokenName token={token} line={useContext(Line)} />

interface Lines {
  readonly of: readonly Token[]
  readonly serviceAccountId: string | null
  readonly children: ReactNode
}

function Lines({ of, serviceAccountId, children }: Lines) {
  const ids = of.flatMap(({ predecessorId, successorId }) => [predecessorId, successorId])
  const line = useByIds(
    accessTokens,
    ids,
    serviceAccountId
      ? { operation: 'listOfServiceAccount', path: { serviceAccount: serviceAccountId } }
      : { operation: 'list' },
  )
  return <Line value={line}>{children}</Line>
}
