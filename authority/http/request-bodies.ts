/**
 * Request bodies, read late and bounded: a body is read only after the caller has been authenticated. A route that
 * serves strangers declares how much it reads from them. Whatever is not read is discarded, and the connection of a
 * client that keeps sending is cut.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { limits } from '@mintmark/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { clientKey } from '../verdicts/ip-address.ts'

/** Throws unless the caller may have a body read. */
export type Admit = (request: FastifyRequest) => unknown

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Bytes of a body that this route reads from anybody. Without it, nothing is read before authentication. */
    readonly unauthenticatedBytes?: number
    /** Authenticates the caller of this route where it has a way of its own. */
    readonly admit?: Admit
  }
  interface FastifyInstance {
    /** How callers are authenticated, filled in when the routes are mounted. */
    readonly callerAdmission: { admit: Admit }
  }
  interface FastifyRequest {
    /** How much of the body may be read; null until that is known. */
    bodyAllowance: BodyAllowance | null
    /** Why the body was not read to its end. */
    bodyRefusal: Refusal | null
    /** Counted against the memory for bodies until the response is sent. */
    bodyBytes: number
  }
}

interface BodyAllowance {
  readonly bytes: number
  /**
   * Shared by all requests of their kind, so that strangers cannot use up the memory of callers with a token, and one
   * client not that of all strangers.
   */
  readonly memories: readonly Memory[]
}

interface Memory {
  used: number
  readonly most: number
}

export interface BodyLimits {
  readonly unauthenticatedMemoryBytes: number
  /** Of the memory for strangers, what one client may fill. */
  readonly clientMemoryBytes: number
  readonly callerMemoryBytes: number
  readonly ipv6Prefix?: number | undefined
}

/** For routes that anybody may ask. */
export const withoutAuthentication = { config: { strangerBytes: limits.strangerBodyBytes } } as const

/** How long a client may go on sending after it was answered. */
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
  // A client that asks before it sends is told to go on when its body is about to be read, and not before.
  app.server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) => {
    waiting.set(message, response)
    app.server.emit('request', message, response)
  })
  app.addHook('onRequest', async (request) => {
    if (!announcesBody(request.raw)) return
    if (request.is404) throw new Refusal('unknown-route', { detail: 'There is nothing at this address.' })
    const { unauthenticatedBytes: strangerBytes, admit = app.callerAdmission.admit } = request.routeOptions.config
    if (strangerBytes === undefined) await admit(request)
    request.bodyAllowance =
      strangerBytes === undefined
        ? { bytes: limits.bodyBytes, memories: [callers] }
        : { bytes: strangerBytes, memories: [unauthenticated, enter(clientKey(request.ip, ipv6Prefix))] }
  })
  app.removeAllContentTypeParsers()
  // Handlers parse bodies themselves: an empty body with a content type is no fault (section 2 of the wire contract).
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
  throw new Refusal('forbidden', { detail: 'This server does not know yet who may send a body.' })
}

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
  payload.on('data', take).once('end', finish).once('error', fail)
}

const tooLarge = (most: number) =>
  new Refusal('body-too-large', { detail: `Expected a body of at most ${most.toLocaleString('en')} bytes.` })

const overloaded = () =>
  new Refusal('overloaded', { detail: 'Too many requests are being received at once.', retryAfterSeconds: 1 })

/** A client that is nearly done keeps its connection, and reads its answer either way. */
function cutWhenNotDone(message: IncomingMessage): void {
  message.on('error', () => undefined).resume()
  setTimeout(() => message.complete || message.socket.destroy(), lingerMilliseconds).unref()
}
