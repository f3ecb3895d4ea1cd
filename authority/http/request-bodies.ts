/**
 * Reads request bodies late and within limits: only after the caller is authenticated. A route for unauthenticated
 * clients declares how many bytes it reads. Unread bytes are discarded, and clients that keep sending are cut.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '@mintmark/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { clientKey } from '../verdicts/ip-address.ts'

/** Throws unless the server should read the caller's body. */
export type Admit = (request: FastifyRequest) => unknown

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The maximum body size of a route for unauthenticated clients. Without it, no body is read before authentication. */
    readonly unauthenticatedBytes?: number
    /** Authenticates the caller of a route that has its own method. */
    readonly admit?: Admit
    /** The ID of the operation. */
    readonly operation?: string
  }
  interface FastifyInstance {
    /** How callers are authenticated. Set when the routes are mounted. */
    readonly callerAdmission: { admit: Admit }
  }
  interface FastifyRequest {
    /** The maximum body size; null until it is decided. */
    bodyAllowance: BodyAllowance | null
    /** Why the body was not read completely. */
    bodyRefusal: Refusal | null
    /** Counted against the memory limit until the response is sent. */
    bodyBytes: number
  }
}

interface BodyAllowance {
  readonly bytes: number
  /**
   * Memory budgets: unauthenticated requests cannot use up the budget of authenticated ones, and one client cannot use up
   * that of all unauthenticated clients.
   */
  readonly memories: readonly Memory[]
}

interface Memory {
  used: number
  readonly most: number
}

export interface BodyLimits {
  readonly unauthenticatedMemoryBytes: number
  /** One client's share of the memory for unauthenticated clients. */
  readonly clientMemoryBytes: number
  readonly callerMemoryBytes: number
  readonly ipv6Prefix?: number | undefined
}

/** How long a client may continue to send after its response. */
const lingerMilliseconds = 1_000

export function readBodies(app: FastifyInstance, { ipv6Prefix, ...most }: BodyLimits): void {
  const unauthenticated: Memory = { used: 0, most: most.unauthenticatedMemoryBytes }
  const callers: Memory = { used: 0, most: most.callerMemoryBytes }
  const clients = new Map<string, Memory & { requests: number }>()
  const enter = (client: string): Memory => {
    const memory = clients.get(client) ?? { used: 0, most: most.clientMemoryBytes, requests: 0 }
    memory.requests += 1
    clients.set(client, memory)
    return memory
  }
  const leave = (client: string): void => {
    const memory = clients.get(client)
    if (memory && --memory.requests === 0) clients.delete(client)
  }
  const waiting = new WeakMap<IncomingMessage, ServerResponse>()
  app.decorateRequest('bodyAllowance', null)
  app.decorateRequest('bodyRefusal', null)
  app.decorateRequest('bodyBytes', 0)
  app.decorate('callerAdmission', { admit: refuseAll })
  // For `Expect: 100-continue`: responds with 100 only when the server is about to read the body.
  app.server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) => {
    waiting.set(message, response)
    app.server.emit('request', message, response)
  })
  app.addHook('onRequest', async (request) => {
    if (!announcesBody(request.raw)) return
    if (request.is404) throw new Refusal('unknown-route', { detail: 'No route matches this path.' })
    const { unauthenticatedBytes, admit = app.callerAdmission.admit } = request.routeOptions.config
    if (unauthenticatedBytes === undefined) await admit(request)
    request.bodyAllowance =
      unauthenticatedBytes === undefined
        ? { bytes: limits.bodyBytes, memories: [callers] }
        : { bytes: unauthenticatedBytes, memories: [unauthenticated, enter(clientKey(request.ip, ipv6Prefix))] }
  })
  app.removeAllContentTypeParsers()
  // Handlers parse bodies themselves: an empty body with a content type is valid in Scalr's API.
  app.addContentTypeParser('*', (request, payload, done) => {
    waiting.get(request.raw)?.writeContinue()
    readBody(request, payload, done)
  })
  app.addHook('preValidation', (request, _reply, done) => done(request.bodyRefusal ?? undefined))
  app.addHook('onResponse', (request, _reply, done) => {
    const { raw, bodyAllowance, bodyBytes } = request
    for (const memory of bodyAllowance?.memories ?? []) memory.used -= bodyBytes
    if (bodyAllowance?.memories[0] === unauthenticated) leave(clientKey(request.ip, ipv6Prefix))
    if (raw.complete === false) cutWhenNotDone(raw)
    done()
  })
}

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const refuseAll: Admit = () => {
  throw new Refusal('forbidden', { detail: 'The server is still starting and cannot accept a body yet.' })
}

/** Bodies that were read before the framework received the request. */
const keptBodies = new WeakMap<IncomingMessage, Buffer>()

export const keepBody = (message: IncomingMessage, body: Buffer): void => void keptBodies.set(message, body)

function readBody(
  request: FastifyRequest,
  payload: IncomingMessage,
  done: (error: Error | null, body?: Buffer) => void,
) {
  const { bytes: most, memories } = request.bodyAllowance ?? { bytes: 0, memories: [] }
  const chunks: Buffer[] = []
  const stop = (refusal: Refusal) => {
    payload.off('data', take).off('end', finish).off('error', fail)
    request.bodyRefusal = refusal
    done(null)
  }
  const take = (chunk: Buffer) => {
    request.bodyBytes += chunk.length
    for (const memory of memories) memory.used += chunk.length
    chunks.push(chunk)
    if (request.bodyBytes > most) stop(tooLarge(most))
    else if (memories.some(({ used, most }) => used > most)) stop(overloaded())
  }
  const finish = () => done(null, Buffer.concat(chunks))
  const fail = (cause: Error) => stop(new Refusal('malformed-request', { detail: 'The body ended early.' }, { cause }))
  if (Number(request.headers['content-length'] ?? 0) > most) return stop(tooLarge(most))
  const kept = keptBodies.get(payload)
  if (kept) return done(null, kept)
  payload.on('data', take).once('end', finish).once('error', fail)
}

const tooLarge = (most: number) =>
  new Refusal('body-too-large', { detail: `Expected a body of at most ${most.toLocaleString('en')} bytes.` })

const overloaded = () =>
  new Refusal('overloaded', { detail: 'Too many requests are being received at once.', retryAfterSeconds: 1 })

/** A client that has almost finished keeps its connection, and receives its response either way. */
function cutWhenNotDone(message: IncomingMessage): void {
  message.on('error', () => undefined).resume()
  setTimeout(() => message.complete || message.socket.destroy(), lingerMilliseconds).unref()
}
