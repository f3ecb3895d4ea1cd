/** Which token a sensitive variable holds: the one thing about its value that can be told. */
import { Anchor, Badge, Group } from '@mantine/core'
import { Refused } from '@mintmark/client'
import { accessTokens, accessTokenUsages, auditEvents } from '@mintmark/contract'
import { KeyIcon } from '@primer/octicons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { oneOf, pageOf } from '../queries.ts'
import { useAccount } from '../session/account.ts'
import { useWhyNot } from '../session/rights.ts'
import { OwnerLink } from '../tokens/owner-link.tsx'
import { LastSix, titleOf } from '../tokens/token-text.tsx'

type Members = Readonly<Record<string, string | undefined>> | null | undefined

const rights = ['access-tokens:read', 'service-accounts:read', 'agent-pools:read']

export function HeldToken({ id }: { id: string }) {
  const account = useAccount()
  const whyNot = useWhyNot()
  const token = useQuery({ ...oneOf(accessTokens, 'show', { path: { accessToken: id } }), retry: false })
  const asked = { filters: { accessToken: id }, page: { number: 1, size: 1 } }
  const maySeeOwner = whyNot('access-tokens:read', { account: account.id }) === null
  const { data } = useQuery({
    ...pageOf(accessTokenUsages, 'list', asked),
    enabled: maySeeOwner && token.data !== undefined,
  })
  const owner = data?.records[0]
  if (token.isPending) return <span className="quiet">A token minted here</span>
  if (!token.data) {
    const isGone = token.error instanceof Refused && token.error.status === 404
    const seesAll = rights.every((each) => whyNot(each, { account: account.id }) === null)
    return isGone && seesAll ? <Ended id={id} /> : <Unseen />
  }
  return (
    <Group gap={6}>
      <Mark />
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

/** What the token was called is known to the audit log alone. */
function Ended({ id }: { id: string }) {
  const account = useAccount()
  const asked = { filters: { subjectId: id }, sort: ['-at'], page: { number: 1, size: 25 } } as const
  const { data } = useQuery(pageOf(auditEvents, 'list', asked))
  const told = (member: string) =>
    data?.records
      .map(({ before, after }) => (after as Members)?.[member] ?? (before as Members)?.[member])
      .find(Boolean)
  const [name, lastCharacters] = [told('name'), told('lastCharacters')]
  return (
    <Group gap={6}>
      <Mark />
      <span className="break">
        {name ?? 'A token that has ended'} {lastCharacters && <LastSix of={lastCharacters} />}
      </span>
      <Badge color="red">Ended</Badge>
      <Anchor component={Link} to={`/${account.id}/audit-events`} search={{ subjectId: id } as never} size="sm">
        What happened
      </Anchor>
    </Group>
  )
}

const Unseen = () => (
  <Group gap={6}>
    <Mark />
    <span className="quiet">A token minted here that you may not see, or that has ended</span>
  </Group>
)

const Mark = () => (
  <span className="quiet">
    <KeyIcon size={14} aria-label="Token" />
  </span>
)
