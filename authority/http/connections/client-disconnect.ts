import type { FastifyRequest } from 'fastify'

/** Nobody receives the response. */
export class ClientDisconnected extends Error {
  override name = 'ClientDisconnected'
}

/** Returns a signal that is aborted when the client disconnects. After the response it means nothing. */
export function disconnectSignal({ raw }: FastifyRequest): AbortSignal {
  const disconnected = new AbortController()
  const abort = () => disconnected.abort(new ClientDisconnected('The client disconnected.'))
  // The client may have disconnected before this runs; then no event follows.
  if (raw.destroyed) abort()
  else raw.once('close', abort)
  return disconnected.signal
}
