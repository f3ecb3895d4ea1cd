import { limits } from '@mintmark/contract'
import { callEndpoint } from './call-endpoint.ts'
import { createSender, parseAddress, type Server } from './send.ts'

/** Where a token was found. Unknown members are absent. */
export interface FoundAt {
  readonly repository?: string | undefined
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly commit?: string | undefined
  readonly url?: string | undefined
}

export interface FoundToken {
  readonly token: string
  readonly place?: FoundAt
}

/**
 * Reports tokens to the server that created them, which revokes them. Needs no authentication, as any token holder may
 * revoke a token. Returns the number of strings received, but not which were valid. Throws `Refused` or `Unreachable`.
 */
export async function reportLeaks(server: Omit<Server, 'token'>, found: readonly FoundToken[]): Promise<number> {
  const send = createSender(parseAddress(server), server)
  let received = 0
  for (let start = 0; start < found.length; start += limits.leakTokensPerReport) {
    const tokens = found.slice(start, start + limits.leakTokensPerReport)
    received += Number((await callEndpoint(send, 'reportLeaks', { body: { tokens } }))?.received ?? 0)
  }
  return received
}
