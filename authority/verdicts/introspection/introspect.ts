/**
 * Token introspection (RFC 7662) for the team's own services. For a token that the caller may not see, the response is
 * the same as for one that does not exist. docs/introspection.md describes the members.
 */
import { may, type Narrowing, type Rights, type ScopePath } from '@mintmark/token'
import { type Installation, Refusal } from '../../context.ts'
import type { ResultOf, TokenRequest } from '../../endpoint-request.ts'
import { accountsIn } from '../../rights/accounts-in.ts'
import { idOfPath } from '../../rights/rights-view.ts'
import { parseAddress } from '../ip-address.ts'
import type { Verdict } from '../verify-token.ts'

export interface IntrospectionServices {
  readonly installation: Installation
  verifyOtherToken(text: string, address: string | null): Verdict | Promise<Verdict>
  recordUse(tokenId: string, address: string, operation: string, outcome?: 'rejected'): void
  countVerdict(accounts: readonly string[], outcome: string): void
}

type ValidVerdict = Extract<Verdict, { good: true }>
type Introspection = NonNullable<ResultOf<'introspect'>['json']>

const inactive: Introspection = { active: false }

export interface Asking {
  /** The calling token. */
  readonly tokenId: string
  readonly rights: Rights
  /** The address of the caller. */
  readonly address: string
  /** The address of the caller's client; null if the caller does not send it. */
  readonly clientIp: string | null
}

export async function introspect(
  services: IntrospectionServices,
  { caller, body, request }: TokenRequest<'introspect'>,
): Promise<ResultOf<'introspect'>> {
  const { tokenId, rights } = caller.context.actor
  const clientIp = readClientIp(body.client_ip)
  if (clientIp === undefined)
    throw new Refusal('malformed-request', {
      detail: 'Expected the form member client_ip to be an IPv4 or IPv6 address.',
    })
  const verdict = await services.verifyOtherToken(body.token, clientIp)
  if (isStale(verdict)) {
    services.countVerdict([], verdict.code)
    throw new Refusal('stale-replica', {
      detail: 'The server cannot confirm right now whether this token is valid.',
      retryAfterSeconds: 1,
    })
  }
  return { json: introspection(services, { tokenId, rights, address: request.address, clientIp }, verdict) }
}

export const isStale = (verdict: Verdict): verdict is Extract<Verdict, { good: false }> =>
  !verdict.good && verdict.code === 'stale-replica'

/** Returns the response to a verdict that is not stale, and counts it. */
export function introspection(
  { installation, recordUse, countVerdict }: IntrospectionServices,
  asking: Asking,
  verdict: Verdict,
): Introspection {
  const { address, clientIp } = asking
  if (!verdict.good) {
    const { accounts = [] } = verdict.owner ?? {}
    countVerdict(accounts, verdict.code)
    if (verdict.tokenId && mayAsk(asking, verdict.tokenId, accounts))
      recordUse(verdict.tokenId, address, 'introspect', 'rejected')
    return inactive
  }
  if (!mayAsk(asking, verdict.tokenId, accountsConcerned(verdict))) return inactive
  recordUse(verdict.tokenId, address, 'introspect')
  countVerdict(verdict.owner.accounts, 'good')
  return { ...described(verdict, installation.mark.text), network_checked: clientIp !== null }
}

/** Whether the caller may introspect a token that concerns these accounts. */
const mayAsk = ({ tokenId, rights }: Asking, token: string, accounts: readonly string[]): boolean =>
  token === tokenId || accounts.some((account) => may(rights, 'access-tokens:read', { account }))

/** An account can see the tokens of its users, except those narrowed to scopes of other accounts. */
function accountsConcerned({ owner, narrowing }: ValidVerdict): readonly string[] {
  return narrowing?.scopes ? accountsIn(narrowing.scopes, owner.accounts) : owner.accounts
}

/**
 * Returns the client's address, null if the caller does not send it, because its own address is not the client's, and
 * undefined if it is not an address.
 */
export const readClientIp = (text: string | null | undefined): string | null | undefined =>
  text === undefined || text === null ? null : parseAddress(text)?.text

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
  return { scopes: within.map(idOfPath) }
}
