/**
 * Answers verdict requests in front of the framework, whose generic work costs more than a verdict. Only requests that
 * arrived whole and on which everything is in order are answered here; all others go to the framework, which determines
 * what is wrong. The responses are byte for byte the same.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { logRequest } from '../access-log.ts'
import { clientAddress, type IsTrusted, isUndeclaredProxy } from '../client-address.ts'
import { destinationOf } from '../origin.ts'
import { keepBody } from '../request-bodies.ts'
import type { RunState } from '../run-state.ts'
import { securityHeaders } from '../security-headers.ts'

export interface FastRequest {
  readonly authorization: string
  readonly address: string
  readonly body: Buffer
}

export interface FastResponse {
  readonly json: string
  /** The calling token. */
  readonly tokenId: string
}

/** An endpoint with the method POST and a form as its body. */
export interface FastEndpoint {
  /** Resolves when the replica is fresh; returns undefined if it already is. */
  whenFresh(): Promise<void> | undefined
  /** Called only when the replica is fresh. Returns undefined, without effects, to leave the request to the framework. */
  respond(request: FastRequest): FastResponse | undefined | Promise<FastResponse | undefined>
}

declare module 'fastify' {
  interface FastifyInstance {
    /** By path. Set when the routes are mounted. */
    readonly fastEndpoints: Map<string, FastEndpoint>
  }
}

interface Services {
  nextId(): string
  readonly isTrusted: IsTrusted
  readonly logger: Logger
  readonly runState: RunState
}

interface Arrival {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly endpoint: FastEndpoint
  readonly arrivedAt: number
}

/** Larger bodies need the memory limits of the framework's path. */
const bodyBytesMax = 8_192
/** Answered in one turn of the event loop, which takes a millisecond or two. */
const arrivalsPerTurn = 64

export function serveFastPath(app: FastifyInstance, services: Services): void {
  const { server } = app
  const [frameworkListener] = server.listeners('request') as RequestListener[]
  if (!frameworkListener) throw new TypeError('The server has no request listener yet.')
  const endpoints = new Map<string, FastEndpoint>()
  app.decorate('fastEndpoints', endpoints)
  const serveTurn = arrivalQueue((arrival) => serve(services, frameworkListener, arrival), frameworkListener)
  server.removeAllListeners('request')
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    const endpoint = message.method === 'POST' ? endpoints.get(message.url as string) : undefined
    if (endpoint && isPlain(message) && !isSpecial(services, message))
      serveTurn({ message, response, endpoint, arrivedAt: performance.now() })
    else frameworkListener(message, response)
  })
}

/**
 * Serves the requests of a turn of the event loop together. They share one freshness check, which takes place after all
 * of them were read, so it is never older than any of them: a token revoked before a request arrived is refused.
 */
function arrivalQueue(
  answer: (arrival: Arrival) => void,
  handOver: (message: IncomingMessage, response: ServerResponse) => void,
): (arrival: Arrival) => void {
  const waiting: Arrival[] = []
  const serveWaiting = () => {
    const batch = waiting.splice(0, arrivalsPerTurn)
    if (waiting.length > 0) setImmediate(serveWaiting)
    const answerAll = () => batch.forEach(answer)
    const handOverAll = () => {
      for (const { message, response } of batch) handOver(message, response)
    }
    let catchingUp: Promise<void> | undefined
    try {
      catchingUp = batch[0]?.endpoint.whenFresh()
    } catch {
      return handOverAll()
    }
    if (catchingUp) catchingUp.then(answerAll, handOverAll)
    else answerAll()
  }
  return (arrival) => {
    if (waiting.length === 0) setImmediate(serveWaiting)
    waiting.push(arrival)
  }
}

function isPlain({ headers, httpVersionMinor }: IncomingMessage): boolean {
  const length = Number(headers['content-length'])
  return (
    httpVersionMinor === 1 &&
    length > 0 &&
    length <= bodyBytesMax &&
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    headers.authorization !== undefined &&
    headers['transfer-encoding'] === undefined &&
    headers.expect === undefined
  )
}

const isSpecial = ({ runState, isTrusted }: Services, message: IncomingMessage): boolean =>
  runState.isDraining || isUndeclaredProxy(message, isTrusted)

function serve(services: Services, frameworkListener: RequestListener, arrival: Arrival): void {
  const { message, response, endpoint } = arrival
  const body = message.complete ? (message.read() as Buffer) : undefined
  const leave = () => {
    if (body) keepBody(message, body)
    frameworkListener(message as never, response as never)
  }
  try {
    const { authorization = '' } = message.headers
    const address = clientAddress(message, services.isTrusted)
    const found = body && endpoint.respond({ authorization, address, body })
    if (found instanceof Promise) found.then((late) => (late ? send(services, arrival, late) : leave()), leave)
    else if (found) send(services, arrival, found)
    else leave()
  } catch {
    leave()
  }
}

function send(
  { nextId, isTrusted, logger, runState }: Services,
  { message, response, arrivedAt }: Arrival,
  { json, tokenId }: FastResponse,
): void {
  const id = nextId()
  response.writeHead(200, [
    'x-request-id',
    id,
    ...flat(securityHeaders(destinationOf(message, isTrusted))),
    'content-type',
    'application/json',
    'content-length',
    String(Buffer.byteLength(json)),
  ])
  response.end(json)
  const milliseconds = performance.now() - arrivedAt
  logRequest(logger, runState, { id, method: 'POST', url: message.url as string, status: 200, milliseconds, tokenId })
}

/** There are two sets of headers. */
const flattened = new WeakMap<object, readonly string[]>()

function flat(headers: Readonly<Record<string, string>>): readonly string[] {
  const known = flattened.get(headers) ?? Object.entries(headers).flat()
  flattened.set(headers, known)
  return known
}
