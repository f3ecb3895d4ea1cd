/** Limits the number of connections, in total and per client, and closes idle ones. */
import type { Server as HttpServer, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import { clientKey, parseAddress } from '../verdicts/ip-address.ts'
import type { IsTrusted } from './client-address.ts'

export interface ConnectionLimits {
  readonly total: number
  /** Per IPv4 address or IPv6 network. Trusted proxies are exempt, because many clients are behind them. */
  readonly perClient: number
  readonly ipv6Prefix?: number | undefined
}

export function limitConnections(
  server: Server,
  { total, perClient, ipv6Prefix }: ConnectionLimits,
  isTrusted: IsTrusted,
  onRefused: (reason: 'total' | 'client') => void,
): void {
  const open = new Map<string, number>()
  server.maxConnections = total
  server.on('drop', () => onRefused('total'))
  server.on('connection', (socket: Socket) => {
    const address = parseAddress(socket.remoteAddress ?? '')
    if (address && isTrusted(address)) return
    const client = clientKey(address?.text ?? '', ipv6Prefix)
    const count = (open.get(client) ?? 0) + 1
    if (count > perClient) {
      socket.destroy()
      onRefused('client')
      return
    }
    open.set(client, count)
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1
      if (left > 0) open.set(client, left)
      else open.delete(client)
    })
  })
}

/**
 * Closes connections with more than `most` pipelined requests without a response. One packet can hold thousands, and all
 * would start in the same turn of the event loop.
 */
export function limitPipelining(server: HttpServer, most: number): void {
  const unanswered = new WeakMap<Socket, number>()
  const [handle] = server.listeners('request') as RequestListener[]
  if (!handle) throw new TypeError('The server has no request listener yet.')
  server.removeAllListeners('request')
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    const { socket } = message
    if (socket.destroyed) return
    const count = (unanswered.get(socket) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    unanswered.set(socket, count)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    handle(message, response)
  })
}

/**
 * Sends a final response. A client that does not close its side within a second is cut, because it would otherwise keep
 * its file descriptor.
 */
export function endConnection(socket: Socket, lastWords: string): void {
  socket.end(lastWords)
  socket.resume()
  setTimeout(() => socket.destroy(), 1_000).unref()
}
