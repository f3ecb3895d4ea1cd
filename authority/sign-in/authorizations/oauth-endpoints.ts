/**
 * OAuth for `terraform login` and other clients on a person's own machine: authorization code with PKCE (RFC 6749
 * section 4.1, RFC 7636, RFC 8252). The person approves in the console; the client exchanges the code for a token.
 */
import { basePath, refusals } from '@mintmark/contract'
import { Refusal } from '../../context.ts'
import type { AttemptCounter, OpenRequest, ResultOf } from '../../endpoint-request.ts'
import type { SignInServices } from '../services.ts'
import type { SessionRequest } from '../session-answer.ts'
import { authorize, isChallenge, isLoopback } from './authorize.ts'
import { exchange } from './exchange.ts'

/** Terraform uses ports from the first up to, but not including, the last. */
const ports = [10_000, 10_020]

export const discoverTerraformServices = (): ResultOf<'discoverTerraformServices'> => ({
  json: {
    'iacp.v3': `${basePath}/`,
    'login.v1': {
      client: 'terraform-cli',
      grant_types: ['authz_code'],
      authz: '/oauth/authorize',
      token: '/oauth/token',
      ports,
    },
  },
})

/** RFC 8414. */
export function getAuthorizationServerMetadata(
  request: OpenRequest<'getAuthorizationServerMetadata'>,
): ResultOf<'getAuthorizationServerMetadata'> {
  const issuer = request.origin()
  return {
    json: {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    },
  }
}

/** An invalid `redirect_uri` is reported here instead of by redirect: the server must not redirect to an unverified URL. */
export function beginAuthorization({
  query,
  request,
}: OpenRequest<'beginAuthorization'>): ResultOf<'beginAuthorization'> {
  const redirectUri = query.redirect_uri ?? ''
  if (!isLoopback(redirectUri))
    throw new Refusal('invalid-parameter', {
      detail: 'Expected a URL on the machine of the client, such as http://localhost:10000/login.',
      parameter: 'redirect_uri',
    })
  const error =
    query.response_type !== 'code'
      ? 'unsupported_response_type'
      : query.code_challenge_method !== 'S256' || !isChallenge(query.code_challenge ?? '')
        ? 'invalid_request'
        : undefined
  if (error) return { location: withParameters(redirectUri, { error, state: query.state }) }
  return { location: `/authorize?${request.query}` }
}

export async function createAuthorization(
  services: SignInServices,
  request: SessionRequest<'createAuthorization'>,
): Promise<ResultOf<'createAuthorization'>> {
  const { person } = request.caller
  const { state, ...consent } = request.body
  if (!isLoopback(consent.redirectUri))
    throw new Refusal('invalid-attribute', {
      detail: 'Expected a URL on the machine of the client.',
      at: '/redirect-uri',
    })
  if (!isChallenge(consent.codeChallenge))
    throw new Refusal('invalid-attribute', { detail: 'Expected 43 characters of base64url.', at: '/code-challenge' })
  const code = await authorize(services, request, person, consent)
  return { json: { 'redirect-to': withParameters(consent.redirectUri, { code, state }) } }
}

function withParameters(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value)
  return url.href
}

/** RFC 6749 section 4.1.3; a public client, so PKCE is the proof. What the program calls itself proves nothing. */
export async function exchangeCode(
  { limit, ...services }: SignInServices & { readonly limit: AttemptCounter },
  endpointRequest: OpenRequest<'exchangeCode'>,
): Promise<ResultOf<'exchangeCode'>> {
  const { code, code_verifier: verifier, redirect_uri: redirectUri } = endpointRequest.body
  try {
    const { token, expiresIn } = await exchange(services, endpointRequest, { code, verifier, redirectUri })
    return {
      json: { access_token: '', token_type: 'bearer', ...(expiresIn === null ? {} : { expires_in: expiresIn }) },
      secret: { member: 'access_token', value: token },
    }
  } catch (error) {
    if (!(error instanceof Refusal) || refusals[error.code].status >= 500) throw error
    if (limit.strike(endpointRequest.request.address) > 0) throw new Refusal('too-many-attempts')
    throw new Refusal('invalid-grant')
  }
}
