/**
 * Token introspection (RFC 7662) for the team's own services. For a token that the caller may not see, the response is
 * the same as for one that does not exist. docs/introspection.md describes the members.
 */
import { may, type Narrowing, type ScopePath } from '@mintmark/token'
import { type Installation, Refusal } from '../context.ts'
import type { ResultOf, TokenRequest } from '../endpoint-request.ts'
import { accountsIn } from '../rights/accounts-in.ts'
import { parseAddress } from './ip-address.ts'
import type { Verdict } from './verify-token.ts'

export interface IntrospectionServices {
  readonly installation: Installation
  verifyOtherToken(text: string, address: string | null): Verdict | Promise<Verdict>
  recordUse(tokenId: string, address: string, operation: string): void
  countVerdict(accounts: readonly string[], outcome: string): void
}

type ValidVerdict = Extract<Verdict, { good: true }>
type Result = ResultOf<'introspect'>

const inactive: Result = { json: { active: false } }

export async function introspect(
  { installation, verifyOtherToken, recordUse, countVerdict }: IntrospectionServices,
  { caller, body, request }: TokenRequest<'introspect'>,
): Promise<Result> {
  const { actor } = caller.context
  const clientIp = readClientIp(body.client_ip)
  const pending = verifyOtherToken(body.token, clientIp)
  const verdict = pending instanceof Promise ? await pending : pending
  if (!verdict.good) {
    countVerdict(verdict.owner?.accounts ?? [], verdict.code)
    if (verdict.code === 'stale-replica')
      throw new Refusal('stale-replica', {
        detail: 'The server cannot confirm right now whether this token is valid.',
        retryAfterSeconds: 1,
      })
    return inactive
  }
  const { owner, tokenId } = verdict
  const mayAsk =
    actor.tokenId === tokenId ||
    accountsConcerned(verdict).some((account) => may(actor.rights, 'access-tokens:read', { account }))
  if (!mayAsk) return inactive
  recordUse(tokenId, request.address, 'introspect')
  countVerdict(owner.accounts, 'good')
  return { json: { ...described(verdict, installation.mark.text), network_checked: clientIp !== null } }
}

/** An account can see the tokens of its users, except those narrowed to scopes of other accounts. */
function accountsConcerned({ owner, narrowing }: ValidVerdict): readonly string[] {
  return narrowing?.scopes ? accountsIn(narrowing.scopes, owner.accounts) : owner.accounts
}

/** Parses the client's address, if the caller sends it; the caller's own address is not the client's. */
function readClientIp(text: string | undefined): string | null {
  if (text === undefined) return null
  const address = parseAddress(text)
  if (!address)
    throw new Refusal('malformed-request', {
      detail: 'Expected the form member client_ip to be an IPv4 or IPv6 address.',
    })
  return address.text
}

function described({ owner, accounts, tokenId, expires, createdSeconds, narrowing }: ValidVerdict, issuer: string) {
  return {
    active: true,
    iss: issuer,
    sub: owner.id,
    username: owner.email ?? owner.id,
    client_id: owner.id,
    owner_type: owner.kind,
    jti: tokenId,
    token_type: 'Bearer',
    iat: createdSeconds,
    ...(expires === Number.POSITIVE_INFINITY ? {} : { exp: Math.floor(expires / 1000) }),
    ...(narrowing?.permissions ? { scope: narrowing.permissions.join(' ') } : {}),
    ...scopesOf(narrowing, owner.accounts, accounts),
  }
}

/** Returns the scopes that the token is narrowed to, except those of accounts that do not allow the client's network. */
function scopesOf(narrowing: Narrowing | null, all: readonly string[], reachable: readonly string[]) {
  const isWhole = reachable.length === all.length
  if (!narrowing?.scopes && isWhole) return {}
  const scopes: readonly ScopePath[] = narrowing?.scopes ?? all.map((account) => ({ account }))
  const within = isWhole ? scopes : scopes.filter(({ account }) => reachable.includes(account))
  return { scopes: within.map(({ account, environment, workspace }) => workspace ?? environment ?? account) }
}
