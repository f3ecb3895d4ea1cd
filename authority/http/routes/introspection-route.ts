/**
 * Token introspection (RFC 7662) for the team's own services. A token that the caller may not see gets the same answer as
 * one that does not exist. docs/introspection.md says what the members mean.
 */
import { may, type Narrowing, type ScopePath } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../context.ts'
import { accountsIn } from '../../tokens/concerned-accounts.ts'
import { parseAddress } from '../../verdicts/ip-address.ts'
import type { Verdict } from '../../verdicts/verify-token.ts'
import { authenticate } from '../authenticate.ts'
import { readFormBody } from '../read-body.ts'
import { json } from '../server.ts'
import type { Services } from './routes.ts'

type Good = Extract<Verdict, { good: true }>

const inactive = { active: false }
const introspect = 'introspect'

export function mountIntrospection(app: FastifyInstance, { authenticator, baseContext }: Services): void {
  app.post('/oauth/introspect', async (request, reply) => {
    const caller = await authenticate(authenticator, {
      authorization: request.headers.authorization,
      address: request.ip,
      requestId: request.id,
      operation: introspect,
    })
    const form = readFormBody(request)
    const text = form.get('token')
    if (!text) throw new Refusal('malformed-request', { detail: 'Expected the form member token.' })
    const clientIp = readClientIp(form.get('client_ip'))
    const judged = authenticator.verifyOtherToken(text, clientIp)
    const verdict = judged instanceof Promise ? await judged : judged
    if (!verdict.good) {
      authenticator.counted(verdict.owner?.accounts ?? [], verdict.code)
      if (verdict.code === 'stale-replica')
        throw new Refusal('stale-replica', { detail: 'It cannot be proven right now.', retryAfterSeconds: 1 })
      return json(reply, inactive)
    }
    const { owner, tokenId } = verdict
    const mayAsk =
      caller.tokenId === tokenId ||
      accountsConcerned(verdict).some((account) => may(caller.rights, 'access-tokens:read', { account }))
    if (!mayAsk) return json(reply, inactive)
    authenticator.seen(tokenId, request.ip, introspect)
    authenticator.counted(owner.accounts, 'good')
    return json(reply, {
      ...described(verdict, baseContext.installation.mark.text),
      network_checked: clientIp !== null,
    })
  })
}

/** An account sees the tokens of its people, but not those that are narrowed to scopes of other accounts. */
function accountsConcerned({ owner, narrowing }: Good): readonly string[] {
  return narrowing?.scopes ? accountsIn(narrowing.scopes, owner.accounts) : owner.accounts
}

/** From where the token was presented, when the caller says so: the caller itself comes from somewhere else. */
function readClientIp(text: string | null): string | null {
  if (text === null) return null
  const address = parseAddress(text)
  if (!address)
    throw new Refusal('malformed-request', {
      detail: 'Expected the form member client_ip to be an IPv4 or IPv6 address.',
    })
  return address.text
}

function described({ owner, accounts, tokenId, expires, createdSeconds, narrowing }: Good, issuer: string) {
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

/** The scopes that the token is narrowed to, without those of accounts that do not let the client's network in. */
function scopesOf(narrowing: Narrowing | null, all: readonly string[], reachable: readonly string[]) {
  const isWhole = reachable.length === all.length
  if (!narrowing?.scopes && isWhole) return {}
  const scopes: readonly ScopePath[] = narrowing?.scopes ?? all.map((account) => ({ account }))
  const within = isWhole ? scopes : scopes.filter(({ account }) => reachable.includes(account))
  return { scopes: within.map(({ account, environment, workspace }) => workspace ?? environment ?? account) }
}
