/** Authenticates the bearer token of a request and combines its rights with those of its owner. */

import type { Grant, Rights } from '@mintmark/token'
import type { Refusals } from '../audit/refusals.ts'
import { type Actor, Refusal } from '../context.ts'
import { grantsWithin } from '../rights/accounts-in.ts'
import type { Usage } from '../tokens/activity/collect-usage.ts'
import type { LiveReplica } from '../verdicts/live-replica.ts'
import type { RefusalReason, Verdict } from '../verdicts/verify-token.ts'
import type { AttemptLimit } from './attempt-limit.ts'

export interface Authenticator {
  /** Calls `onFresh` when the verdict reflects every change up to then. */
  verifyToken(text: string, address: string, onFresh?: () => void): Verdict | Promise<Verdict>
  /** Verifies a second token in the same request. */
  verifyOtherToken(text: string, address: string | null): Verdict | Promise<Verdict>
  /** Resolves when verdicts reflect every change up to this call; returns undefined if they already do. */
  whenFresh(): Promise<void> | undefined
  readonly replica: LiveReplica
  readonly limit: AttemptLimit
  readonly refusals: Refusals
  recordUse: Usage['recordUse']
  /** Counts a verdict for the accounts of the owner. Invalid tokens have no owner. */
  countVerdict(accounts: readonly string[], outcome: string): void
}

export interface Credentials {
  readonly authorization: string | undefined
  readonly address: string
  readonly requestId: string
  /** The ID of the operation. */
  readonly operation: string
}

export type ValidVerdict = Extract<Verdict, { good: true }>

/**
 * The detail for callers whose token has a valid signature. For any other string, `invalid-token` is the generic error.
 */
const reasons: Record<RefusalReason, string> = {
  'invalid-token': 'The token is not valid.',
  'token-revoked': 'This token was revoked. Create a new one.',
  'token-expired': 'This token has expired. Create a new one, and rotate tokens before they expire.',
  'owner-inactive': 'The owner of this token is not active. Ask an administrator.',
  'not-from-this-network':
    'This token may not be used from this network address. Ask an administrator for the allowed networks.',
  'stale-replica': 'The server cannot confirm right now that this token is still valid. Try again.',
}

/** `admitted`: the verdict on the calling token, if it was made after the whole request had arrived. */
export async function authenticate(
  authenticator: Authenticator,
  credentials: Credentials,
  admitted: ValidVerdict | null = null,
): Promise<Actor> {
  const verdict = admitted ?? (await requireValidToken(authenticator, credentials))
  const { owner, tokenId, accounts } = verdict
  countUse(authenticator, verdict, credentials)
  return {
    kind: owner.kind,
    id: owner.id,
    email: owner.email,
    accounts,
    rights: rightsOf(verdict, await authenticator.replica.grants(owner)),
    tokenId,
    tokenLastCharacters: bearerOf(credentials.authorization)?.slice(-6) ?? null,
  }
}

/** Counts the use of a valid calling token. */
export function countUse(
  { recordUse, countVerdict }: Authenticator,
  { tokenId, owner }: ValidVerdict,
  { address, operation }: Pick<Credentials, 'address' | 'operation'>,
): void {
  recordUse(tokenId, address, operation)
  countVerdict(owner.accounts, 'good')
}

export const rightsOf = ({ accounts, owner, narrowing }: ValidVerdict, grants: readonly Grant[]): Rights => ({
  grants: accounts.length === owner.accounts.length ? grants : grantsWithin(grants, accounts),
  narrowing,
})

/**
 * Returns the verdict on the calling token. Throws a refusal unless the token is valid, and counts it; valid tokens are
 * counted by the caller.
 */
export async function requireValidToken(
  authenticator: Authenticator,
  credentials: Credentials,
  onFresh?: () => void,
): Promise<ValidVerdict> {
  const text = bearerOf(credentials.authorization)
  if (text === undefined)
    throw new Refusal('no-token', { detail: 'Expected the header Authorization: Bearer with a token.' })
  const pending = authenticator.verifyToken(text, credentials.address, onFresh)
  const verdict = pending instanceof Promise ? await pending : pending
  if (verdict.good) return verdict
  throw refusalFor(authenticator, credentials, verdict, text.slice(-6))
}

function refusalFor(
  authenticator: Authenticator,
  { address, requestId, operation }: Credentials,
  verdict: Extract<Verdict, { good: false }>,
  tokenLastCharacters: string,
): Refusal {
  const { code, tokenId, owner } = verdict
  authenticator.countVerdict(owner?.accounts ?? [], code)
  if (code === 'stale-replica') return new Refusal(code, { detail: reasons[code], retryAfterSeconds: 1 })
  if (tokenId !== undefined) {
    authenticator.recordUse(tokenId, address, operation, 'rejected')
    authenticator.refusals.count({
      tokenId,
      tokenLastCharacters,
      code,
      ownerKind: owner?.kind ?? null,
      ownerId: owner?.id ?? null,
      accounts: owner?.accounts ?? [],
      address,
      requestId,
    })
  }
  const retryAfterSeconds = authenticator.limit.strike(address)
  if (retryAfterSeconds > 0)
    return new Refusal('too-many-bad-tokens', {
      detail: 'Too many invalid tokens from this address. Wait before trying again.',
      retryAfterSeconds,
    })
  return new Refusal(code, { detail: reasons[code] })
}

/** RFC 6750 section 2.1. The scheme is case-insensitive (RFC 9110 section 11.1). */
export function bearerOf(header: string | undefined): string | undefined {
  const match = header === undefined ? null : /^bearer +([^\s]+) *$/i.exec(header)
  return match?.[1]
}
