/** The details of a token as text. */

import { Stack, Text } from '@mantine/core'
import { accounts, users } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { PermissionList } from '../../access/permission-text.tsx'
import { type ScopeKind, ScopeName } from '../../access/scope.tsx'
import { displayName } from '../../access/subjects.tsx'
import { ActorName } from '../../audit/event-names.tsx'
import { CopyIconButton } from '../../parts/copy.tsx'
import { Time } from '../../parts/time.tsx'
import { recordQuery, useRecordsById } from '../../queries.ts'
import { useAccount } from '../../session/account.ts'
import { useDenialReason } from '../../session/rights.ts'
import { OwnerLink } from '../../tokens/owner-link.tsx'
import { actorOf, hasExpired, type RevokedToken, reasonOf } from '../../tokens/revoked/revocation-text.ts'
import { TokenLink } from '../../tokens/token-link.tsx'
import { LastSix, type Token } from '../../tokens/token-text.tsx'

export type ShownToken = Token | RevokedToken

export const isRevoked = (token: ShownToken): token is RevokedToken => 'revokedAt' in token

interface State {
  readonly label: string
  readonly color: string
}

/** A valid token of an inactive owner is rejected too. */
export function stateOf(token: ShownToken): State {
  if (isRevoked(token)) return { label: hasExpired(token) ? 'Expired' : 'Revoked', color: 'gray' }
  if (token.isExpired) return { label: 'Expired', color: 'red' }
  if (token.ownerStatus !== null && token.ownerStatus !== 'Active') return { label: 'Owner inactive', color: 'yellow' }
  return { label: 'Active', color: 'mint' }
}

type FactList = readonly (readonly [name: string, value: ReactNode])[]

export function tokenFacts(of: ShownToken): FactList {
  return [
    ['Owner', <OwnerLink key="owner" type={of.ownerType} id={of.ownerId} email={of.ownerEmail} />],
    ...(isRevoked(of) && !hasExpired(of) ? revocationFacts(of) : []),
    ['Token', <LastSix key="token" of={of.lastCharacters} />],
    [
      'ID',
      <span key="id" className="mono break">
        {of.id} <CopyIconButton text={of.id} name="Copy ID" />
      </span>,
    ],
    [
      'Permissions',
      of.permissions ? <PermissionList key="permissions" of={of.permissions} /> : 'Everything the owner can do',
    ],
    ['Scopes', of.scopes ? <Scopes key="scopes" of={of.scopes} /> : 'Everywhere the owner has access'],
    ...(isRevoked(of) ? [] : ([['Networks', <Networks key="networks" />]] as const)),
    ['Created', <Created key="created" of={of} />],
    [isExpiryPast(of) ? 'Expired' : 'Expires', <Time key="expires" at={of.expiresAt} never="Never" />],
    ['Last used', <Time key="used" at={of.lastUsedAt} />],
    ...lineageFacts(of),
  ]
}

const isExpiryPast = (of: ShownToken) => (isRevoked(of) ? hasExpired(of) : of.isExpired)

const revocationFacts = (of: RevokedToken): FactList => [
  [
    'Revoked',
    <span key="revoked" className="break">
      <Time at={of.revokedAt} />
      {of.revokedByType && (
        <>
          {' by '}
          <ActorName of={actorOf(of)} />
        </>
      )}
    </span>,
  ],
  ...(of.reason || of.successorId ? ([['Reason', reasonOf(of)]] as const) : []),
]

const lineageFacts = ({ predecessorId, successorId }: ShownToken): FactList => [
  ...(predecessorId ? ([['Rotated from', <OtherToken key="from" id={predecessorId} />]] as const) : []),
  ...(successorId ? ([['Rotated to', <OtherToken key="to" id={successorId} />]] as const) : []),
]

const OtherToken = ({ id }: { id: string }) => (
  <TokenLink id={id}>
    <span className="mono">{id}</span>
  </TokenLink>
)

function Created({ of: { createdAt, createdById } }: { of: ShownToken }) {
  const creator = useRecordsById(users, [createdById]).get(createdById ?? '')
  return (
    <>
      <Time at={createdAt} />
      {creator && <span className="break"> by {displayName(creator)}</span>}
    </>
  )
}

const scopeKinds: Readonly<Record<string, ScopeKind>> = { acc: 'account', env: 'environment', ws: 'workspace' }

const Scopes = ({ of }: { of: readonly string[] }) => (
  <Stack gap={2}>
    {of.map((id) => (
      <ScopeName key={id} of={{ kind: scopeKinds[id.split('-')[0] ?? ''] ?? 'account', id }} />
    ))}
  </Stack>
)

/** The networks from which the account accepts tokens. */
function Networks() {
  const { id } = useAccount()
  const canRead = useDenialReason()('accounts:read', { account: id }) === null
  const { data } = useQuery({ ...recordQuery(accounts, 'show', { path: { account: id } }), enabled: canRead })
  if (!canRead) return <Text c="dimmed">Set by the account</Text>
  if (!data) return <Text c="dimmed">Loading…</Text>
  const allowed = [...(data.allowedIps ?? []), ...(data.allowedIpv6 ?? [])]
  return allowed.length === 0 ? 'Any' : <span className="mono break">{allowed.join(', ')}</span>
}
