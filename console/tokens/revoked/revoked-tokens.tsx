/** The revoked tokens of one owner: when, why and by whom. */
import { revokedAccessTokens } from '@mintmark/contract'
import { KeyIcon } from '@primer/octicons-react'
import { ActorName, EventNames } from '../../audit/event-names.tsx'
import { Listing } from '../../parts/listing.tsx'
import type { Column } from '../../parts/records.tsx'
import { EmptyState } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { LastSix, TokenName } from '../token-text.tsx'
import { actorOf, type RevokedToken, reasonOf } from './revocation-text.ts'

/** `serviceAccountId`: null for the tokens of the signed-in user. */
export function RevokedTokens({ serviceAccountId }: { serviceAccountId: string | null }) {
  const shared = {
    label: 'Revoked tokens',
    of: revokedAccessTokens,
    columns,
    search: 'Search revoked tokens',
    sort: '-revokedAt',
    wrapTable: (rows: readonly RevokedToken[], table: React.ReactNode) => (
      <EventNames of={rows.map(actorOf)}>{table}</EventNames>
    ),
    empty: (
      <EmptyState icon={KeyIcon} title="No revoked tokens">
        Revoked tokens appear here with the reason and who revoked them.
      </EmptyState>
    ),
  } as const
  return serviceAccountId ? (
    <Listing {...shared} operation="listOfServiceAccount" request={{ path: { serviceAccount: serviceAccountId } }} />
  ) : (
    <Listing {...shared} operation="list" />
  )
}

const noFamilyTokens = new Map<string, never>()

const columns: readonly Column<RevokedToken>[] = [
  { name: 'Name', cell: (token) => <TokenName token={token} line={noFamilyTokens} /> },
  { name: 'Token', cell: ({ lastCharacters }) => <LastSix of={lastCharacters} /> },
  { name: 'Revoked', sort: 'revokedAt', cell: ({ revokedAt }) => <Time at={revokedAt} /> },
  { name: 'Reason', cell: (token) => <span className="break">{reasonOf(token)}</span> },
  { name: 'Revoked by', cell: (token) => token.revokedByType && <ActorName of={actorOf(token)} /> },
  { name: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]
