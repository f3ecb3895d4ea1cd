/** The HTTP server: limits, headers, request IDs, and error documents for all failures. */
import type { Server as HttpsServer } from 'node:https'
import { limits } from '@mintmark/contract'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { type Actor, Refusal, type World } from '../context.ts'
import { newId } from '../ids.ts'
import { logRequest } from './access-log.ts'
import type { ValidVerdict } from './authenticate.ts'
import { clientAddress, isUndeclaredProxy, trustedProxies } from './client-address.ts'
import {
  answerBrokenRequest,
  type ConnectionLimits,
  limitConnections,
  limitPipelining,
} from './connections/connection-limits.ts'
import { alpnProtocols, announceClose, serveHttp2 } from './connections/http2.ts'
import { serveFastPath } from './fast-path/fast-path.ts'
import { type Destination, destinationOf } from './origin.ts'
import { readBodies } from './request-bodies.ts'
import { newRunState, type RunState } from './run-state.ts'
import { securityHeaders } from './security-headers.ts'
import { type ErrorServices, sendErrors, sendInvalidPath } from './send-errors.ts'

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
  onDenied: ErrorServices['onDenied']
  /** Called for requests from this machine whose `X-Forwarded-For` was ignored. */
  onUndeclaredProxy?(request: FastifyRequest): void
}

const idleMilliseconds = limits.keepAliveSeconds * 1_000

export function buildServer(options: ServerOptions): FastifyInstance {
  const { world, logger, trustProxy, publicUrl = null, runState = newRunState() } = options
  const { connections = { total: limits.connections, perClient: limits.connectionsPerClient } } = options
  const isTrusted = trustedProxies(trustProxy)
  const nextId = countedIds(world)
  const app = newFastify(options, nextId)
  app.decorateRequest('actor', null)
  app.decorateRequest('admitted', null)
  app.decorateRequest('destination', null as unknown as Destination)
  app.decorate('publicUrl', publicUrl)
  serveFastPath(app, { nextId, isTrusted, logger, runState })
  if (options.tls) addHttp2(app, options)
  limitPipelining(app.server, limits.pipelinedRequests)
  limitConnections(app.server, connections, isTrusted, warnRarely(world, logger))
  app.addHook('onRequest', (request, reply, done) => {
    Object.defineProperty(request, 'ip', { value: clientAddress(request.raw, isTrusted) })
    request.destination = destinationOf(request.raw, isTrusted)
    reply.headers({ 'x-request-id': request.id, ...securityHeaders(request.destination) })
    const { url } = request
    if (url.length > limits.pathCharacters * 4 || (url.includes('%00') && /^[^?]*%00/.test(url)))
      done(new Refusal('malformed-request', { detail: 'Expected a shorter path, without NUL.' }))
    else done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (runState.isDraining) announceClose(reply)
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
    const { method, url, id, actor } = request
    const { statusCode: status, elapsedTime: milliseconds } = reply
    logRequest(logger, runState, { id, method, url, status, milliseconds, tokenId: actor?.tokenId })
    done()
  })
  sendErrors(app, options)
  return app
}

function addHttp2(
  app: FastifyInstance,
  { requestMilliseconds = limits.requestSeconds * 1_000 }: Pick<ServerOptions, 'requestMilliseconds'>,
): void {
  const http2 = serveHttp2(app.server as unknown as HttpsServer, { requestMilliseconds, idleMilliseconds })
  app.addHook('preClose', async () => http2.close())
}

function newFastify(
  { tls, requestMilliseconds = limits.requestSeconds * 1000 }: ServerOptions,
  nextId: () => string,
): FastifyInstance {
  const http = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: requestMilliseconds,
    headersTimeout: requestMilliseconds,
    connectionsCheckingInterval: requestMilliseconds / 6,
  }
  return fastify({
    // This server logs one line per request itself.
    logger: false,
    genReqId: nextId,
    requestIdHeader: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: idleMilliseconds,
    forceCloseConnections: 'idle',
    // Requests on a kept-alive connection are still served while the server closes.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: sendInvalidPath,
    routerOptions: {
      querystringParser: (text: string) => new URLSearchParams(text),
      maxParamLength: limits.pathCharacters,
      ignoreTrailingSlash: true,
    },
    ...(tls ? { https: { ...tls, ...http, ALPNProtocols: alpnProtocols } } : { http }),
  } as never) as unknown as FastifyInstance
}

/** Finishes open requests within the request timeout, then cuts the remaining connections. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), limits.requestSeconds * 1_000)
  await app.close().finally(() => clearTimeout(cut))
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
