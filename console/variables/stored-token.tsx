/** The token that a sensitive variable contains. Nothing else about the value is shown. */
import { Anchor, Badge, Group } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { accessTokens, accessTokenUsages, auditEvents } from '@mintmark/contract'
import { KeyIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { pageQuery, recordQuery } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useDenialReason } from '../session/rights.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LastSix, titleOf } from '../tokens/token-text.tsx'

type Members = Readonly<Record<string, string | undefined>> | null | undefined

const requiredPermissions = ['access-tokens:read', 'service-accounts:read', 'agent-pools:read']

export function StoredToken({ id }: { id: string }) {
  const account = useAccount()
  const denialReason = useDenialReason()
  const token = useQuery({ ...recordQuery(accessTokens, 'show', { path: { accessToken: id } }), retry: false })
  const request = { filters: { accessToken: id }, page: { number: 1, size: 1 } }
  const maySeeOwner = denialReason('access-tokens:read', { account: account.id }) === null
  const { data } = useQuery({
    ...pageQuery(accessTokenUsages, 'list', request),
    enabled: maySeeOwner && token.data !== undefined,
  })
  const owner = data?.records[0]
  if (token.isPending) return <span className="quiet">A Mintmark token</span>
  if (!token.data) {
    const isGone = token.error instanceof Refused && token.error.status === 404
    const seesAll = requiredPermissions.every((each) => denialReason(each, { account: account.id }) === null)
    return isGone && seesAll ? <InactiveToken id={id} /> : <UnknownToken />
  }
  return (
    <Group gap={6}>
      <TokenIcon />
      <span className="break">
        {titleOf(token.data)} <LastSix of={token.data.lastCharacters} />
      </span>
      {token.data.isExpired && <Badge color="red">Expired</Badge>}
      {owner && (
        <span className="quiet">
          of <OwnerLink type={owner.ownerType} id={owner.ownerId} email={owner.ownerEmail} />
        </span>
      )}
    </Group>
  )
}

/** The name of a revoked token is only in the audit log. */
function InactiveToken({ id }: { id: string }) {
  const account = useAccount()
  const request = { filters: { subjectId: id }, sort: ['-at'], page: { number: 1, size: 25 } } as const
  const { data } = useQuery(pageQuery(auditEvents, 'list', request))
  const lastValueOf = (member: string) =>
    data?.records
      .map(({ before, after }) => (after as Members)?.[member] ?? (before as Members)?.[member])
      .find(Boolean)
  const [name, lastCharacters] = [lastValueOf('name'), lastValueOf('lastCharacters')]
  return (
    <Group gap={6}>
      <TokenIcon />
      <span className="break">
        {name ?? 'Unnamed token'} {lastCharacters && <LastSix of={lastCharacters} />}
      </span>
      <Badge color="red">Inactive</Badge>
      <Anchor component={Link} to={`/${account.id}/audit-events`} search={{ subjectId: id } as never} size="sm">
        View audit events
      </Anchor>
    </Group>
  )
}

const UnknownToken = () => (
  <Group gap={6}>
    <TokenIcon />
    <span className="quiet">A Mintmark token that is inactive or that you cannot see</span>
  </Group>
)

const TokenIcon = () => (
  <span className="quiet">
    <KeyIcon size={14} aria-label="Token" />
  </span>
)
