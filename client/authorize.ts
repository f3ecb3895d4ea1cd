import { callEndpoint } from './call-endpoint.ts'
import { createSender, parseAddress, type Server } from './send.ts'

export interface Exchange {
  readonly code: string
  /** The PKCE code verifier (RFC 7636). */
  readonly verifier: string
  readonly redirectUri: string
  readonly client: string
}

/** Exchanges an authorization code for a token (RFC 6749 section 4.1.3). Throws `Refused` or `Unreachable`. */
export async function exchangeCode(server: Omit<Server, 'token'>, exchange: Exchange): Promise<string> {
  const { code, verifier, redirectUri, client } = exchange
  const response = await callEndpoint(createSender(parseAddress(server), server), 'exchangeCode', {
    body: {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      client_id: client,
    },
  })
  const token = response?.access_token
  if (typeof token !== 'string') throw new TypeError('The response contains no token.')
  return token
}
