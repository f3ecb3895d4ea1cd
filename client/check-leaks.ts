import { limits } from '@mintmark/contract'
import { callEndpoint } from './call-endpoint.ts'
import { noSuchApi, type Server, sender, usableAddress } from './send.ts'

const states = ['live', 'dead', 'not-ours'] as const
/** `live`: the server accepts the token. `dead`: the server created it but it is no longer valid. `not-ours`: the server did not create it. */
export type TokenState = (typeof states)[number]

/**
 * Checks the states of tokens by their hashes, SHA-256 in hex. Needs no authentication, because only a token holder can
 * compute the hash. Yields the states in the order of the hashes. Throws `Refused` or `Unreachable`.
 */
export async function* checkLeaks(
  server: Omit<Server, 'token'>,
  hashes: readonly string[],
): AsyncGenerator<readonly TokenState[]> {
  const address = usableAddress(server)
  const send = sender(address, server)
  for (let start = 0; start < hashes.length; start += limits.leakHashesPerCheck) {
    const some = hashes.slice(start, start + limits.leakHashesPerCheck)
    const told = (await callEndpoint(send, 'checkTokens', { body: { hashes: some } }))?.states
    if (!Array.isArray(told) || told.length !== some.length || !told.every((each) => states.includes(each)))
      throw noSuchApi(address)
    yield told
  }
}
