/** Caps how many connections there are, in total and from one client, and ends those that nobody closes. */
import type { Server, Socket } from 'node:net'
import { clientKey, parseAddress } from '../addresses/ip-address.ts'
import type { IsTrusted } from './client-address.ts'

export interface ConnectionLimits {
  readonly total: number
  /** Per IPv4 address or IPv6 network. Trusted proxies are exempt: behind them are many clients. */
  readonly perClient: number
  readonly ipv6Prefix?: number
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

/** Sends a last answer. A client that does not close its side within a second is cut, or it would keep its descriptor. */
export function endConnection(socket: Socket, lastWords: string): void {
  socket.end(lastWords)
  socket.resume()
  setTimeout(() => socket.destroy(), 1_000).unref()
}
