import { limits } from '@mintmark/contract'
import { type Server, sender, usableAddress } from './send.ts'

/** Where a token was found; what is not known is left out. */
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
 * Ends tokens by showing them to the server that minted them: no login, as holding them is the proof. Returns how many
 * strings were received; which of them were alive is not told. Throws `Refused` or `Unreachable`.
 */
export async function reportLeaks(server: Omit<Server, 'token'>, found: readonly FoundToken[]): Promise<number> {
  const send = sender(usableAddress(server), server)
  let received = 0
  for (let start = 0; start < found.length; start += limits.leakTokensPerReport) {
    const body = JSON.stringify({ tokens: found.slice(start, start + limits.leakTokensPerReport) })
    const answer = await send({ method: 'POST', path: '/leaks/report', type: 'application/json', body })
    received += Number((answer as { received?: unknown } | undefined)?.received ?? 0)
  }
  return received
}
