/**
 * HTTP/2 for clients that choose it in the TLS handshake (ALPN). Requests reach the listener in the form of HTTP/1.1, so
 * nothing behind it has to know the version.
 */
import type { RequestListener } from 'node:http'
import {
  constants,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { limits } from '@mintmark/contract'
import type { FastifyReply } from 'fastify'

export interface Http2Timeouts {
  /** The maximum time for a request to arrive completely. */
  readonly requestMilliseconds: number
  readonly idleMilliseconds: number
}

export interface Http2Connections {
  /** Lets open requests finish within the request timeout, and accepts no further ones. */
  close(): void
}

/** The names of both versions in the order in which the server prefers them. */
export const alpnProtocols = ['h2', 'http/1.1']

export function serveHttp2(server: Server, timeouts: Http2Timeouts): Http2Connections {
  const [serveHttp1] = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[]
  const [handle] = server.listeners('request') as RequestListener[]
  if (!serveHttp1 || !handle) throw new TypeError('The server has no listeners yet.')
  const sessions = new Set<ServerHttp2Session>()
  const http2 = createServer({
    settings: { maxConcurrentStreams: limits.streamsPerConnection, maxHeaderListSize: limits.headerBytes },
    maxSessionMemory: sessionMegabytes,
  })
  const finish = (session: ServerHttp2Session) => {
    session.close()
    setTimeout(() => session.destroy(), timeouts.requestMilliseconds).unref()
  }
  http2.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.setTimeout(timeouts.idleMilliseconds, () => finish(session))
  })
  // The session is closed, and nobody waits for a response.
  http2.on('sessionError', () => undefined)
  const unsent = unsentBytes()
  http2.on('request', (request, response) => {
    if (!takesFormOfHttp1(request)) return request.stream.close(constants.NGHTTP2_PROTOCOL_ERROR)
    if (unsent.of(request) > unsentBytesMax) return request.stream.close(constants.NGHTTP2_REFUSED_STREAM)
    if (headerBytesOf(request) > limits.headerBytes) return void response.writeHead(431).end()
    unsent.add(request)
    closeWhenLate(request, timeouts.requestMilliseconds)
    handle(request as never, response as never)
  })
  server.removeAllListeners('secureConnection')
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket)
    else serveHttp1.call(server, socket)
  })
  return {
    close: () => {
      for (const session of sessions) finish(session)
    },
  }
}

/** For headers and window updates. Bodies are limited elsewhere. */
const sessionMegabytes = 2

/** A connection with more bytes of responses that its client does not read gets no further ones. */
const unsentBytesMax = 1_048_576

interface UnsentBytes {
  /** The bytes of open responses on the connection of the request. */
  of(request: Http2ServerRequest): number
  add(request: Http2ServerRequest): void
}

function unsentBytes(): UnsentBytes {
  const open = new WeakMap<object, Set<ServerHttp2Stream>>()
  const streamsOf = ({ stream: { session } }: Http2ServerRequest) => (session && open.get(session)) ?? new Set()
  return {
    of: (request) => {
      let bytes = 0
      for (const { writableLength } of streamsOf(request)) bytes += writableLength
      return bytes
    },
    add: (request) => {
      const { stream } = request
      const streams = streamsOf(request).add(stream)
      if (stream.session) open.set(stream.session, streams)
      stream.once('close', () => streams.delete(stream))
    },
  }
}

/** Without the two bytes at the end of a line that only HTTP/1.1 has. */
const headerBytesOf = ({ rawHeaders }: Http2ServerRequest): number =>
  rawHeaders.reduce((bytes, text) => bytes + text.length, 0)

/** Adds the headers that only HTTP/1.1 has. Returns false if the host is contradictory (RFC 9113, section 8.3.1). */
function takesFormOfHttp1({ headers, stream }: Http2ServerRequest): boolean {
  const { ':authority': authority, host } = headers
  if (authority !== undefined && host !== undefined && authority !== host) return false
  if (authority !== undefined) headers.host = authority
  if (!stream.endAfterHeaders && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
  return true
}

function closeWhenLate(request: Http2ServerRequest, milliseconds: number): void {
  if (request.stream.endAfterHeaders) return
  const timer = setTimeout(() => request.stream.close(constants.NGHTTP2_CANCEL), milliseconds)
  const stop = () => clearTimeout(timer)
  request.once('end', stop).once('close', stop)
}

/** Asks the client to send further requests on another connection. */
export function announceClose(reply: FastifyReply): void {
  if (reply.request.raw.httpVersionMajor === 1) return void reply.header('connection', 'close')
  const { session } = (reply.raw as unknown as Http2ServerResponse).stream
  if (session && !session.closed) session.close()
}
