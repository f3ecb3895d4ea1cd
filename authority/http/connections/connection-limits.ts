/** Limits the number of connections, in total and per client, closes idle ones, and answers what is not a request. */
import type { Server as HttpServer, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import { refusals } from '@mintmark/contract'
import { clientKey, parseAddress } from '../../verdicts/ip-address.ts'
import type { IsTrusted } from '../client-address.ts'
import { jsonApiType } from '../send-json.ts'

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
function endConnection(socket: Socket, lastWords: string): void {
  socket.end(lastWords)
  socket.resume()
  setTimeout(() => socket.destroy(), 1_000).unref()
}

/** Answers data that is not a valid request: header floods, incomplete bodies, other protocols. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const code =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'timeout'
        : 'malformed-request'
  const { status, title } = refusals[code]
  const document = JSON.stringify({ errors: [{ status: String(status), code, title }] })
  endConnection(
    socket,
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: ${jsonApiType}\r\ncontent-length: ${Buffer.byteLength(document)}\r\nconnection: close\r\n\r\n${document}`,
  )
}
