/** Composes token verification for requests: verdicts from the replica, their counts, and limits. */
import { limits } from '@mintmark/contract'
import type { AppOptions } from './app-options.ts'
import type { Refusals } from './audit/refusals.ts'
import type { World } from './context.ts'
import { limitAttempts } from './http/attempt-limit.ts'
import type { Authenticator } from './http/authenticate.ts'
import type { Counts } from './metrics/counts.ts'
import type { Usage } from './tokens/activity/collect-usage.ts'
import type { VerdictCounts } from './verdicts/counts/count-verdicts.ts'
import { sharedCheck } from './verdicts/freshness/shared-check.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'
import { type Verifier, verifyOtherToken, verifyToken } from './verdicts/verify-token.ts'

const defaultMaxStalenessMilliseconds = 1_000

interface Dependencies {
  readonly world: World
  readonly replica: LiveReplica
  /** Returns the key that signed tokens of this generation. */
  key(generation: number): Uint8Array | undefined
  readonly usage: Usage
  readonly refusals: Refusals
  readonly verdictCounts: VerdictCounts
  readonly counts: Counts
}

export function openAuthenticator(
  options: AppOptions,
  { world, replica, key, usage, refusals, verdictCounts, counts }: Dependencies,
) {
  const { database, maxStalenessMilliseconds = defaultMaxStalenessMilliseconds } = options
  const whenFresh = () => replica.fresh(database.feed.kind === 'immediate' ? 0 : maxStalenessMilliseconds)
  const verifier: Verifier = {
    database,
    replica,
    world,
    maxStalenessMilliseconds,
    key,
    whenFresh: database.feed.kind === 'immediate' ? sharedCheck(whenFresh) : whenFresh,
  }
  const authenticator = {
    verifyToken: (text: string, address: string, onFresh?: () => void) => verifyToken(verifier, text, address, onFresh),
    verifyOtherToken: (text: string, address: string | null) => verifyOtherToken(verifier, text, address),
    whenFresh,
    replica,
    refusals,
    limit: limitAttempts(
      world,
      options.invalidTokensPerMinute ?? limits.invalidTokensPerMinute,
      options.limitIpv6Prefix,
    ),
    recordUse: usage.recordUse,
    countVerdict: (accounts: readonly string[], outcome: string) => {
      verdictCounts.count(accounts, outcome)
      if (outcome !== 'good') counts.refused(outcome)
    },
  } satisfies Authenticator
  return { verifier, authenticator }
}
