/** What a program asks for that waits on the person's own machine (RFC 6749 section 4.1.1, RFC 7636, RFC 8252). */
import type { Address } from '../parts/address.ts'

export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly state: string | null
  /** What the machine is called, where the program says so. */
  readonly machine: string | null
}

export type Read =
  | { readonly is: 'right'; readonly request: AuthorizationRequest }
  | { readonly is: 'wrong'; readonly why: string }

/** The server decides; this only says beforehand, in words, what it would refuse. */
export function readAuthorization(address: Address): Read {
  const wrong = (why: string): Read => ({ is: 'wrong', why })
  const { client_id: clientId, redirect_uri: redirectUri, code_challenge: codeChallenge } = address
  if (!redirectUri && !clientId) return wrong('This page is opened by a program that wants a token. Start it there.')
  if (!redirectUri || !isLoopback(redirectUri))
    return wrong(
      'The program wants its answer sent to an address that is not on your own machine. Nothing is sent there.',
    )
  if (!clientId) return wrong('The program does not say what it is called.')
  if (address.response_type !== undefined && address.response_type !== 'code')
    return wrong('The program asks in a way that is not known here.')
  if (address.code_challenge_method !== 'S256' || !/^[\w-]{43}$/.test(codeChallenge ?? ''))
    return wrong('The program does not protect what it would be given (PKCE with S256 is missing).')
  const { state = null, machine = null } = address
  return { is: 'right', request: { clientId, redirectUri, codeChallenge: codeChallenge as string, state, machine } }
}

function isLoopback(uri: string): boolean {
  const url = URL.parse(uri)
  const names = ['localhost', '127.0.0.1', '[::1]']
  return url?.protocol === 'http:' && names.includes(url.hostname) && !url.username && !url.password && !url.hash
}

/** Where a refusal leads: back to the program, which then stops waiting. */
export function refusalOf({ redirectUri, state }: AuthorizationRequest): string {
  const url = new URL(redirectUri)
  url.searchParams.set('error', 'access_denied')
  if (state) url.searchParams.set('state', state)
  return url.href
}

const programs: Readonly<Record<string, { readonly name: string; readonly short: string }>> = {
  'terraform-cli': { name: 'Terraform', short: 'terraform' },
  'mintmark-cli': { name: 'The mintmark command', short: 'mintmark' },
}

export const programOf = (clientId: string): { readonly name: string; readonly short: string } =>
  programs[clientId] ?? { name: clientId, short: clientId }
