/**
 * `terraform login` and every other program on somebody's own machine: authorization code with PKCE (RFC 6749 section
 * 4.1, RFC 7636, RFC 8252). The person agrees in the console; the program exchanges what it gets for a token.
 */
import { basePath, integer, limits, maybe, refusals, text } from '@mintmark/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import { readPlain } from '../../jsonapi/body.ts'
import { secretPlace } from '../../jsonapi/document.ts'
import { authorize, type Consent, isChallenge, isLoopback } from '../../sign-in/authorizations/authorize.ts'
import { exchange } from '../../sign-in/authorizations/exchange.ts'
import { hasRecentStepUp } from '../../sign-in/sessions.ts'
import { requireStepUp } from '../../step-up.ts'
import type { AttemptLimit } from '../attempt-limit.ts'
import { originOf } from '../origin.ts'
import { readFormBody, readJsonBody } from '../read-body.ts'
import { withoutAuthentication } from '../request-bodies.ts'
import { json, jsonWithSecret } from '../server.ts'
import { requireSession, type SignInRoutes, signInRequestOf } from './sign-in-routes.ts'

/** Terraform draws one below the last. */
const ports = [10_000, 10_020]

const consent = {
  clientId: text({ about: 'What the program calls itself.', required: true, max: 100 }),
  redirectUri: text({ about: 'Where it waits, on this machine.', required: true, max: 512 }),
  codeChallenge: text({ about: 'SHA-256 of its verifier, base64url.', required: true, max: 128 }),
  state: text({ about: 'What it wants to get back.', max: 1_024 }),
  name: text({ about: 'What the token is called.', required: true, blank: 'A name cannot be empty.' }),
  expiresIn: maybe(
    integer({ about: 'Minutes; null: without end.', min: 1, max: limits.tokenLifetimeMinutesMax, required: true }),
  ),
}

export function mountAuthorizations(app: FastifyInstance, routes: SignInRoutes, limit: AttemptLimit): void {
  app.get('/.well-known/terraform.json', async (_request, reply) =>
    json(reply, {
      'iacp.v3': `${basePath}/`,
      'login.v1': {
        client: 'terraform-cli',
        grant_types: ['authz_code'],
        authz: '/oauth/authorize',
        token: '/oauth/token',
        ports,
      },
    }),
  )
  app.get('/.well-known/oauth-authorization-server', async (request, reply) => json(reply, metadata(request)))
  app.get('/oauth/authorize', async (request, reply) => beginAuthorization(request, reply))
  app.post('/auth/authorizations', async (request, reply) => {
    const { person, session } = await requireSession(routes, request)
    const wish = readPlain(readJsonBody(request), consent) as unknown as Consent & { state?: string }
    if (!isLoopback(wish.redirectUri))
      throw new Refusal('invalid-attribute', { detail: 'Expected an address on this machine.', at: '/redirect-uri' })
    if (!isChallenge(wish.codeChallenge))
      throw new Refusal('invalid-attribute', { detail: 'Expected 43 characters of base64url.', at: '/code-challenge' })
    if (session.linkId !== null || person.changePasswordOnSignIn === 1)
      throw new Refusal('sign-in-unfinished', { detail: 'Set a passkey or a new password first.' })
    requireStepUp(hasRecentStepUp(session, routes.services.baseContext.world))
    const code = await authorize(routes.services, signInRequestOf(request), person, wish)
    return json(reply, { 'redirect-to': withAnswer(wish.redirectUri, { code, state: wish.state }) })
  })
  app.post('/oauth/token', withoutAuthentication, async (request, reply) => giveToken(routes, limit, request, reply))
}

/** RFC 8414. */
function metadata(request: FastifyRequest) {
  const issuer = originOf(request)
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
}

/** What is wrong with the address to come back to is told here: nobody is sent to a place that was not proven. */
function beginAuthorization(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = request.query as URLSearchParams
  const redirectUri = query.get('redirect_uri') ?? ''
  const expected = (parameter: string, detail: string) => new Refusal('invalid-parameter', { detail, parameter })
  if (!isLoopback(redirectUri))
    throw expected(
      'redirect_uri',
      'Expected an address on the machine that asks, such as http://localhost:10000/login.',
    )
  const wrong =
    query.get('response_type') !== 'code'
      ? 'unsupported_response_type'
      : query.get('code_challenge_method') !== 'S256' || !isChallenge(query.get('code_challenge') ?? '')
        ? 'invalid_request'
        : undefined
  if (wrong) return reply.redirect(withAnswer(redirectUri, { error: wrong, state: query.get('state') }))
  return reply.redirect(`/authorize?${query}`)
}

function withAnswer(redirectUri: string, answer: Record<string, string | null | undefined>): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(answer)) if (value) url.searchParams.set(name, value)
  return url.href
}

/** RFC 6749 section 4.1.3; a public client, so PKCE is the proof. What the program calls itself proves nothing. */
async function giveToken(
  { services }: SignInRoutes,
  limit: AttemptLimit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readFormBody(request)
  const wrong = (error: string) => json(reply.code(400), { error })
  if (form.get('grant_type') !== 'authorization_code') return wrong('unsupported_grant_type')
  const [code, verifier, redirectUri] = [form.get('code'), form.get('code_verifier'), form.get('redirect_uri')]
  if (!code || !verifier || !redirectUri) return wrong('invalid_request')
  try {
    const { token, expiresIn } = await exchange(services, signInRequestOf(request), { code, verifier, redirectUri })
    const answer = {
      access_token: secretPlace,
      token_type: 'bearer',
      ...(expiresIn === null ? {} : { expires_in: expiresIn }),
    }
    return jsonWithSecret(reply, answer, token)
  } catch (error) {
    if (!(error instanceof Refusal) || refusals[error.code].status >= 500) throw error
    if (limit.strike(request.ip) > 0) return json(reply.code(429), { error: 'slow_down' })
    return wrong('invalid_grant')
  }
}
