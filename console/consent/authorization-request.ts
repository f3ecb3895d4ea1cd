/** Authorization requests of local programs (RFC 6749 section 4.1.1, RFC 7636, RFC 8252). */
import type { UrlQuery } from '../parts/url-query.ts'

export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly state: string | null
  /** The name of the machine, if the program sends it. */
  readonly machine: string | null
}

export type ParsedRequest =
  | { readonly is: 'right'; readonly request: AuthorizationRequest }
  | { readonly is: 'wrong'; readonly reason: string }

/** Checks a request in advance to show a clear error. The server validates it again. */
export function parseAuthorizationRequest(address: UrlQuery): ParsedRequest {
  const wrong = (reason: string): ParsedRequest => ({ is: 'wrong', reason })
  const { client_id: clientId, redirect_uri: redirectUri, code_challenge: codeChallenge } = address
  if (!redirectUri && !clientId)
    return wrong('A program opens this page to request a token. Start the sign-in from the program.')
  if (!redirectUri || !isLoopback(redirectUri))
    return wrong(
      'The redirect URI of the program is not on your own machine. Mintmark sends tokens to local programs only.',
    )
  if (!clientId) return wrong('The program did not send a client ID.')
  if (address['response_type'] !== undefined && address['response_type'] !== 'code')
    return wrong('The response type of the request is not supported. Mintmark supports the authorization code flow.')
  if (address['code_challenge_method'] !== 'S256' || !/^[\w-]{43}$/.test(codeChallenge ?? ''))
    return wrong('The program did not protect the request: PKCE with S256 is required.')
  const { state = null, machine = null } = address
  return { is: 'right', request: { clientId, redirectUri, codeChallenge: codeChallenge as string, state, machine } }
}

function isLoopback(uri: string): boolean {
  const url = URL.parse(uri)
  const names = ['localhost', '127.0.0.1', '[::1]']
  return url?.protocol === 'http:' && names.includes(url.hostname) && !url.username && !url.password && !url.hash
}

/** Returns the redirect URI with `access_denied`, so that the program stops waiting. */
export function denialUrl({ redirectUri, state }: AuthorizationRequest): string {
  const url = new URL(redirectUri)
  url.searchParams.set('error', 'access_denied')
  if (state) url.searchParams.set('state', state)
  return url.href
}

const programs: Readonly<Record<string, { readonly name: string; readonly short: string }>> = {
  'terraform-cli': { name: 'Terraform', short: 'terraform' },
  'mintmark-cli': { name: 'The mintmark CLI', short: 'mintmark' },
}

export const programOf = (clientId: string): { readonly name: string; readonly short: string } =>
  programs[clientId] ?? { name: clientId, short: clientId }
