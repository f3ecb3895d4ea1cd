/** The HTTP server: limits, headers, request ids, and every failure as an error document. */
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
import { clientAddress, isUndeclaredProxy, trustedProxies } from './client-address.ts'
import { type ConnectionLimits, endConnection, limitConnections, limitPipelining } from './connections.ts'
import { readBodies } from './request-bodies.ts'
import { newRunState, type RunState } from './run-state.ts'
import { securityHeaders } from './security-headers.ts'

export const jsonApiType = 'application/vnd.api+json'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once that is known: for the log and the count of refusals. */
    actor: Actor | null
  }
}

export interface ServerOptions {
  readonly world: World
  readonly logger: Logger
  readonly tls?: { readonly cert: string; readonly key: string } | null
  /** As in the settings: the client is the last in the chain who is none of these. */
  readonly trustProxy: string | null
  /** The origin by which clients reach this server; null takes it from each request. */
  readonly publicUrl?: string | null
  /** How long a request may take to arrive whole. */
  readonly requestMilliseconds?: number
  readonly runState?: RunState
  readonly connections?: ConnectionLimits
  onForbidden(request: FastifyRequest, code: string): void
  /** A request was answered whose `X-Forwarded-For` was ignored, though it came from this machine. */
  onUndeclaredProxy?(request: FastifyRequest): void
}

export function buildServer(options: ServerOptions): FastifyInstance {
  const {
    world,
    logger,
    tls,
    trustProxy,
    publicUrl = null,
    onForbidden,
    onUndeclaredProxy,
    requestMilliseconds = limits.requestSeconds * 1000,
    connections = { total: limits.connections, perClient: limits.connectionsPerClient },
  } = options
  const isTrusted = trustedProxies(trustProxy)
  const isTrustedText = (text: string | undefined) => {
    const address = parseAddress(text ?? '')
    return address !== undefined && isTrusted(address)
  }
  const { runState = newRunState() } = options
  const http = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: requestMilliseconds,
    headersTimeout: requestMilliseconds,
    connectionsCheckingInterval: requestMilliseconds / 6,
  }
  const app = fastify({
    // What happened is logged here, one line a request; the framework adds none of its own.
    logger: false,
    genReqId: countedIds(world),
    requestIdHeader: false,
    // For the host and scheme that a proxy names; the client's address is read by `clientAddress`.
    trustProxy: trustProxy === null ? false : isTrustedText,
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    forceCloseConnections: 'idle',
    // What arrives on a kept connection while the server closes is still served.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendError(
        reply,
        request.id,
        new Refusal('malformed-request', { detail: 'The address could not be read.' }, { cause: error }),
      ),
    routerOptions: {
      querystringParser: (text: string) => new URLSearchParams(text),
      maxParamLength: limits.pathCharacters,
      ignoreTrailingSlash: true,
    },
    ...(tls ? { https: { ...tls, ...http } } : { http }),
  } as never) as unknown as FastifyInstance
  app.decorateRequest('actor', null)
  app.decorate('publicUrl', publicUrl)
  limitPipelining(app.server, limits.pipelinedRequests)
  limitConnections(app.server, connections, isTrusted, warnRarely(world, logger))
  app.addHook('onRequest', (request, reply, done) => {
    Object.defineProperty(request, 'ip', { value: clientAddress(request.raw, isTrusted) })
    reply.headers({ 'x-request-id': request.id, ...securityHeaders(request) })
    const { url } = request
    if (url.length > limits.pathCharacters * 4 || (url.includes('%00') && /^[^?]*%00/.test(url)))
      done(new Refusal('malformed-request', { detail: 'Expected an address without NUL and of a sensible length.' }))
    else done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (runState.isDraining) reply.header('connection', 'close')
    done(null, payload)
  })
  readBodies(app, {
    unauthenticatedMemoryBytes: limits.strangerBodiesBytes,
    clientMemoryBytes: limits.clientBodiesBytes,
    callerMemoryBytes: limits.callerBodiesBytes,
    ipv6Prefix: connections.ipv6Prefix,
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (isUndeclaredProxy(request.raw, isTrusted)) onUndeclaredProxy?.(request)
    const { accessLog } = runState
    if (accessLog === 'off' || (accessLog === 'errors' && reply.statusCode < 400)) return done()
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
    done()
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, request.id, new Refusal('unknown-route', { detail: 'There is nothing at this address.' })),
  )
  app.setErrorHandler((error, request, reply) => {
    const answer = errorReply(error, request.id)
    if (answer.unexpected || answer.status === 503)
      logger.error({ id: request.id, err: plainError(answer.error) }, 'failed')
    if (answer.status === 403) onForbidden(request, answer.code)
    return sendError(reply, request.id, error)
  })
  return app
}

/** Finishes open requests, for as long as a request may take; then cuts those that still hang. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), limits.requestSeconds * 1_000)
  await app.close().finally(() => clearTimeout(cut))
}

/** Without the query, and without what somebody pasted where an id belongs: every token starts with `eyJ`. */
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

/** With a serializer of its own, or the framework adds a charset, and JSON:API section 5.4 allows no parameter of that name. */
export const json = (reply: FastifyReply, value: unknown, type = 'application/json'): FastifyReply =>
  reply.serializer(asItIs).header('content-type', type).send(JSON.stringify(value))

const asItIs = (text: unknown) => text as string

/** Puts a secret where the value says `secretPlace`. It leaves as bytes, which are wiped as soon as they are sent. */
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

/** RFC 6750 section 3: no error code when no token was sent. */
const challenge = (code: string) =>
  code === 'no-token'
    ? 'Bearer realm="mintmark"'
    : `Bearer realm="mintmark", error="invalid_token", error_description="${code}"`

/** Only name, message and place: a request object or a driver's parameters may hold secrets. */
function plainError(error: unknown) {
  if (!(error instanceof Error)) return { message: 'unknown' }
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {}
  return { type: error.name, message: error.message, stack: error.stack, ...cause }
}

/** One of a kind, and no secret: half of an id is random for this process and half is counted, which costs next to nothing. */
function countedIds(world: World): () => string {
  const start = newId(world, 'req').slice(0, -7)
  let count = 0
  return () => start + (count++ % 32 ** 7).toString(32).padStart(7, '0')
}

/** Once a minute at most: a flood of connections does not become a flood of log lines. */
function warnRarely(world: World, logger: Logger): (reason: 'total' | 'client') => void {
  let quietUntil = 0
  return (reason) => {
    const now = world.now().getTime()
    if (now < quietUntil) return
    quietUntil = now + 60_000
    const limit = reason === 'total' ? '--max-connections' : '--max-connections-per-client'
    logger.warn({ limit }, 'a connection was refused, because too many are open')
  }
}

/** What never became a request: header floods, half-sent bodies, other protocols. */
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
