/** Revokes tokens, a few in parallel. Requests are not retried: without a response, the state of the token is checked. */
import { Refused, Unreachable } from '@mintmark/client'
import { accessTokens, accessTokenUsages } from '@mintmark/contract'
import { errorMessage } from '../parts/use-save.ts'
import { call } from '../server.ts'

export interface RevocableToken {
  readonly id: string
  readonly name?: string | null
  readonly lastCharacters?: string
  readonly ownerEmail?: string
}

interface Failure {
  readonly token: RevocableToken
  readonly reason: string
}

/** Why the remaining tokens were not attempted. */
export type StopReason = 'stopped' | 'unreachable' | 'unconfirmed'

export interface RevokeResult {
  readonly revokedCount: number
  readonly failures: readonly Failure[]
  readonly notAttempted: readonly RevocableToken[]
  readonly stopReason: StopReason | null
}

const concurrency = 4

export async function revokeEach(
  of: readonly RevocableToken[],
  { signal, onTried }: { signal: AbortSignal; onTried: (tried: number, failed: number) => void },
): Promise<RevokeResult> {
  const failures: Failure[] = []
  let stopReason: StopReason | null = null
  let begun = 0
  let tried = 0
  const work = async () => {
    while (begun < of.length && stopReason === null) {
      if (signal.aborted) stopReason = 'stopped'
      const token = stopReason === null ? of[begun] : undefined
      if (!token) return
      begun++
      const failure = await revokeOne(token)
      if (failure) failures.push({ token, reason: failure.reason })
      stopReason ??= failure?.stopReason ?? null
      onTried(++tried, failures.length)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { revokedCount: tried - failures.length, failures, notAttempted: of.slice(begun), stopReason }
}

async function revokeOne({ id }: RevocableToken): Promise<{ reason: string; stopReason?: StopReason } | null> {
  try {
    await call(accessTokens, 'remove', { path: { accessToken: id } })
    return null
  } catch (error) {
    const isLost = error instanceof Unreachable
    const isMissing = error instanceof Refused && error.status === 404
    if (isLost || isMissing) {
      const isTokenDeleted = await isDeleted(id)
      // Revoked by another user in the meantime.
      if (isTokenDeleted) return null
      if (isTokenDeleted === undefined && isLost)
        return { reason: 'The server did not respond. The token may or may not be revoked.', stopReason: 'unreachable' }
    }
    if (isLost) return { reason: 'The server did not respond, and the token is still valid.' }
    const isUnconfirmed = error instanceof Refused && ['step-up-required', 'no-session'].includes(error.code)
    return { reason: errorMessage(error), ...(isUnconfirmed ? { stopReason: 'unconfirmed' } : {}) }
  }
}

/** Undefined if this request gets no response either. */
const isDeleted = (id: string): Promise<boolean | undefined> =>
  call(accessTokenUsages, 'list', { filters: { accessToken: id }, page: { number: 1, size: 1 } }).then(
    ({ records }) => records.length === 0,
    () => undefined,
  )
