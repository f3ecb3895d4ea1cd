/** The last use of a token, requested anew: the list that a dialog was opened from may be older than the use. */
import { Text } from '@mantine/core'
import { accessTokens, tokenActivity } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Time } from '../parts/time.tsx'
import { pageQuery, recordQuery } from '../queries.ts'
import { now } from '../world.ts'
import type { Token } from './token-text.tsx'

const dayMilliseconds = 86_400_000

interface LastUse {
  readonly of: Pick<Token, 'id' | 'lastUsedAt'>
  /** The time since which the token is unused, if the list has it instead of the last use. */
  readonly unusedSince?: string | null
}

/** Callers who cannot read the token see what the list said. */
export function LastUse({ of, unusedSince = null }: LastUse) {
  const path = { accessToken: of.id }
  const fresh = { staleTime: 0, refetchOnMount: 'always' } as const
  const token = useQuery({ ...recordQuery(accessTokens, 'show', { path }), ...fresh })
  const latest = { path, sort: ['-lastAt'], page: { number: 1, size: 1 } }
  const activity = useQuery({ ...pageQuery(tokenActivity, 'list', latest), ...fresh })
  if (token.isFetching || activity.isFetching) return <Text c="dimmed">Checking the last use…</Text>
  const lastUsedAt = token.data ? token.data.lastUsedAt : of.lastUsedAt
  const network = activity.data?.records[0]?.network
  if (!lastUsedAt)
    return unusedSince ? (
      <Text>
        Unused since <Time at={unusedSince} />.
      </Text>
    ) : (
      <Text>Never used.</Text>
    )
  const isRecent = now().getTime() - Date.parse(lastUsedAt) < dayMilliseconds
  return (
    <Text {...(isRecent && { c: 'var(--warn)', fw: 600 })}>
      Used <Time at={lastUsedAt} />
      {network && network !== 'others' && (
        <>
          {' '}
          from <span className="mono">{network}</span>
        </>
      )}
      .
    </Text>
  )
}
