/** The HTTP server: limits, headers, request IDs, and error documents for all failures. */
import type { Socket } from 'node:net'
import { limits, refusals } from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type Actor, Refusal, type World } from '../context.ts'
import { newId } from '../ids.ts'
import { secretPlace } from '../jsonapi/document.ts'
import { errorReply } from '../jsonapi/errors.ts'
import { parseAddress } from '../verdicts/ip-address.ts'
import type { ValidVerdict } from './authenticate.ts'
import { clientAddress, type IsTrusted, isUndeclaredProxy, trustedProxies } from './client-address.ts'
import { type ConnectionLimits, endConnection, limitConnections, limitPipelining } from './connections.ts'
import { readBodies } from './request-bodies.ts'
import { newRunState, type RunState } from './run-state.ts'
import { securityHeaders } from './security-headers.ts'

export const jsonApiType = 'application/vnd.api+json'

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated caller, for the log and the refusal counts. */
    actor: Actor | null
    /** The verdict on the calling token, if it was made after the whole request had arrived. */
    admitted: ValidVerdict | null
  }
}

export interface ServerOptions {
  readonly world: World
  readonly logger: Logger
  readonly tls?: { readonly cert: string; readonly key: string } | null
  /** Trusted proxies, as in the settings. The client is the last address in the chain that is not trusted. */
  readonly trustProxy: string | null
  /** The origin by which clients reach this server; null derives it from each request. */
  readonly publicUrl?: string | null
  /** The maximum time for a request to arrive completely. */
  readonly requestMilliseconds?: number
  readonly runState?: RunState
  readonly connections?: ConnectionLimits
  onForbidden(request: FastifyRequest, code: string): void
  /** Called for requests from this machine whose `X-Forwarded-For` was ignored. */
  onUndeclaredProxy?(request: FastifyRequest): void
}

export function buildServer(options: ServerOptions): FastifyInstance {
  const { world, logger, trustProxy, publicUrl = null, runState = newRunState() } = options
  const { connections = { total: limits.connections, perClient: limits.connectionsPerClient } } = options
  const isTrusted = trustedProxies(trustProxy)
  const app = newFastify(options, isTrusted)
  app.decorateRequest('actor', null)
  app.decorateRequest('admitted', null)
  app.decorate('publicUrl', publicUrl)
  limitPipelining(app.server, limits.pipelinedRequests)
  limitConnections(app.server, connections, isTrusted, warnRarely(world, logger))
  app.addHook('onRequest', (request, reply, done) => {
    Object.defineProperty(request, 'ip', { value: clientAddress(request.raw, isTrusted) })
    reply.headers({ 'x-request-id': request.id, ...securityHeaders(request) })
    const { url } = request
    if (url.length > limits.pathCharacters * 4 || (url.includes('%00') && /^[^?]*%00/.test(url)))
      done(new Refusal('malformed-request', { detail: 'Expected a shorter path, without NUL.' }))
    else done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (runState.isDraining) reply.header('connection', 'close')
    done(null, payload)
  })
  readBodies(app, {
    unauthenticatedMemoryBytes: limits.unauthenticatedBodiesBytes,
    clientMemoryBytes: limits.bodiesBytesPerClient,
    callerMemoryBytes: limits.authenticatedBodiesBytes,
    ipv6Prefix: connections.ipv6Prefix,
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (isUndeclaredProxy(request.raw, isTrusted)) options.onUndeclaredProxy?.(request)
    logRequest(logger, runState, request, reply)
    done()
  })
  sendErrors(app, options)
  return app
}

function newFastify(
  { world, tls, trustProxy, requestMilliseconds = limits.requestSeconds * 1000 }: ServerOptions,
  isTrusted: IsTrusted,
): FastifyInstance {
  const isTrustedText = (text: string | undefined) => {
    const address = parseAddress(text ?? '')
    return address !== undefined && isTrusted(address)
  }
  const http = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: requestMilliseconds,
    headersTimeout: requestMilliseconds,
    connectionsCheckingInterval: requestMilliseconds / 6,
  }
  return fastify({
    // This server logs one line per request itself.
    logger: false,
    genReqId: countedIds(world),
    requestIdHeader: false,
    // For the host and scheme that a proxy sends; `clientAddress` determines the client's address.
    trustProxy: trustProxy === null ? false : isTrustedText,
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    forceCloseConnections: 'idle',
    // Requests on a kept-alive connection are still served while the server closes.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendError(
        reply,
        request.id,
        new Refusal('malformed-request', { detail: 'Expected a valid path.' }, { cause: error }),
      ),
    routerOptions: {
      querystringParser: (text: string) => new URLSearchParams(text),
      maxParamLength: limits.pathCharacters,
      ignoreTrailingSlash: true,
    },
    ...(tls ? { https: { ...tls, ...http } } : { http }),
  } as never) as unknown as FastifyInstance
}

function logRequest(logger: Logger, { accessLog }: RunState, request: FastifyRequest, reply: FastifyReply): void {
  if (accessLog === 'off' || (accessLog === 'errors' && reply.statusCode < 400)) return
  const { method, url, id, actor } = request
  logger.info(
    {
      id,
      method,
      path: pathForLog(url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      token: actor?.tokenId,
    },
    'request',
  )
}

function sendErrors(app: FastifyInstance, { logger, onForbidden }: ServerOptions): void {
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, request.id, new Refusal('unknown-route', { detail: 'No route matches this path.' })),
  )
  app.setErrorHandler((error, request, reply) => {
    const response = errorReply(error, request.id)
    if (response.unexpected || response.status === 503)
      logger.error({ id: request.id, err: plainError(response.error) }, 'failed')
    if (response.status === 403) onForbidden(request, response.code)
    return sendError(reply, request.id, error)
  })
}

/** Finishes open requests within the request timeout, then cuts the remaining connections. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), limits.requestSeconds * 1_000)
  await app.close().finally(() => clearTimeout(cut))
}

/** Omits the query and replaces tokens that were pasted as an ID: every token starts with `eyJ`. */
const pathForLog = (url: string) =>
  url
    .split('?')[0]
    ?.replace(/eyJ[^/]*/g, '[token]')
    .slice(0, 200)

function sendError(reply: FastifyReply, requestId: string, error: unknown): FastifyReply {
  const { status, code, document, retryAfterSeconds } = errorReply(error, requestId)
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  if (status === 401) reply.header('www-authenticate', challenge(code))
  return json(reply.code(status), document, jsonApiType)
}

/**
 * Uses its own serializer, because the framework would add a charset parameter, which JSON:API section 5.4 does not
 * allow.
 */
export const json = (reply: FastifyReply, value: unknown, type = 'application/json'): FastifyReply =>
  reply.serializer(asItIs).header('content-type', type).send(JSON.stringify(value))

const asItIs = (text: unknown) => text as string

/** Replaces `secretPlace` in the value with the secret. The bytes are wiped as soon as they are sent. */
export function jsonWithSecret(
  reply: FastifyReply,
  value: unknown,
  secret: Secret,
  type = 'application/json',
): FastifyReply {
  const [before = '', after] = JSON.stringify(value).split(JSON.stringify(secretPlace))
  if (after === undefined) return json(reply, value, type)
  const body = Buffer.concat([Buffer.from(`${before}"`), secret.bytes(), Buffer.from(`"${after}`)])
  secret.wipe()
  reply.raw.once('close', () => body.fill(0))
  return reply.header('content-type', type).send(body)
}

/** RFC 6750 section 3: no error code if no token was sent. */
const challenge = (code: string) =>
  code === 'no-token'
    ? 'Bearer realm="mintmark"'
    : `Bearer realm="mintmark", error="invalid_token", error_description="${code}"`

/** Logs name, message and stack only: a request object or a driver's parameters may contain secrets. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return { message: 'unknown' }
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {}
  return { type: error.name, message: error.message, stack: error.stack, ...cause }
}

/** Unique, but not secret: half of the ID is random per process and half is a counter, which is cheap. */
function countedIds(world: World): () => string {
  const start = newId(world, 'req').slice(0, -7)
  let count = 0
  return () => start + (count++ % 32 ** 7).toString(32).padStart(7, '0')
}

/** At most once a minute, so a flood of connections does not flood the log. */
function warnRarely(world: World, logger: Logger): (reason: 'total' | 'client') => void {
  let quietUntil = 0
  return (reason) => {
    const now = world.now().getTime()
    if (now < quietUntil) return
    quietUntil = now + 60_000
    const limit = reason === 'total' ? '--max-connections' : '--max-connections-per-client'
    logger.warn({ limit }, 'refused a connection, because the connection limit is reached')
  }
}

/** Answers data that is not a valid request: header floods, incomplete bodies, other protocols. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
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
