/** Authenticates clients by a secret that the operator configured. */
import type { Secret } from '@mintmark/token'
import { Refusal } from '../../context.ts'
import type { AttemptCounter, EndpointRequest } from '../../endpoint-request.ts'
import { bearerOf } from '../authenticate.ts'
import { isSameSecret } from '../same-secret.ts'

type Presented = Pick<EndpointRequest, 'headers' | 'request'>

interface Expected {
  /** Null if not configured: then all requests are refused. */
  readonly secret: Secret | null
  readonly limit: AttemptCounter
}

/** GitLab sends its token with or without the scheme. */
export function requireGitlab({ secret, limit }: Expected, { headers, request }: Presented): void {
  const given = (headers['authorization'] ?? '') as string
  if (secret && isSameSecret(secret, given.replace(/^bearer +/i, ''))) return
  const retryAfterSeconds = limit.strike(request.address)
  if (retryAfterSeconds > 0)
    throw new Refusal('too-many-reports', { detail: 'Too many reports from this address.', retryAfterSeconds })
  throw new Refusal('no-token', { detail: 'Expected the token that is configured for GitLab.' })
}

/** A separate token, which grants access to the metrics only. */
export function requireMetricsToken({ secret, limit }: Expected, { headers, request }: Presented): void {
  const given = bearerOf(headers['authorization'] as string | undefined)
  if (secret && given !== undefined && isSameSecret(secret, given)) return
  const retryAfterSeconds = limit.strike(request.address)
  if (retryAfterSeconds > 0) throw new Refusal('too-many-bad-tokens', { retryAfterSeconds })
  throw new Refusal(given === undefined ? 'no-token' : 'invalid-token', {
    detail: 'Expected the token that is configured for metrics.',
  })
}
