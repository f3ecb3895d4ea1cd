import { limits } from '@mintmark/contract'
import { callEndpoint } from './call-endpoint.ts'
import { createSender, notMintmark, parseAddress, type Server } from './send.ts'

const states = ['active', 'inactive', 'foreign'] as const
/** `active`: the server accepts the token. `inactive`: the server created it but it is no longer valid. `foreign`: the server did not create it. */
export type TokenState = (typeof states)[number]

/**
 * Checks the states of tokens by their hashes, SHA-256 in hex. Needs no authentication, because only a token holder can
 * compute the hash. Yields the states in the order of the hashes. Throws `Refused` or `Unreachable`.
 */
export async function* checkLeaks(
  server: Omit<Server, 'token'>,
  hashes: readonly string[],
): AsyncGenerator<readonly TokenState[]> {
  const address = parseAddress(server)
  const send = createSender(address, server)
  for (let start = 0; start < hashes.length; start += limits.leakHashesPerCheck) {
    const batch = hashes.slice(start, start + limits.leakHashesPerCheck)
    const result = (await callEndpoint(send, 'checkTokens', { body: { hashes: batch } }))?.states
    if (!Array.isArray(result) || result.length !== batch.length || !result.every((each) => states.includes(each)))
      throw notMintmark(address)
    yield result
  }
}
