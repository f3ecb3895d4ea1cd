/** Sends an error document for every failure, and logs the unexpected ones. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Refusal } from '../context.ts'
import { type ErrorReply, errorReply } from '../jsonapi/errors.ts'
import { ClientDisconnected } from './connections/client-disconnect.ts'
import { json, jsonApiType } from './send-json.ts'

export interface ErrorServices {
  readonly logger: Logger
  /** Called for 403 and 404. */
  onDenied(request: FastifyRequest, refusal: Pick<ErrorReply, 'status' | 'code' | 'permission'>): void
}

export function sendErrors(app: FastifyInstance, { logger, onDenied }: ErrorServices): void {
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, errorReply(new Refusal('unknown-route', { detail: 'No route matches this path.' }), request.id)),
  )
  app.setErrorHandler((error, request, reply) => {
    // For the log, which has the status of other servers for this. Nobody receives it.
    if (error instanceof ClientDisconnected) return reply.code(499).send()
    const response = errorReply(error, request.id)
    if (response.unexpected || response.status === 503)
      logger.error({ id: request.id, err: plainError(response.error) }, 'failed')
    if (response.status === 403 || response.status === 404) onDenied(request, response)
    return sendError(reply, response)
  })
}

/** For a path that the framework cannot decode. */
export function sendInvalidPath(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = new Refusal('malformed-request', { detail: 'Expected a valid path.' }, { cause: error })
  sendError(reply, errorReply(refusal, request.id))
}

function sendError(reply: FastifyReply, { status, code, document, retryAfterSeconds }: ErrorReply): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  if (status === 401) reply.header('www-authenticate', challenge(code))
  return json(reply.code(status), document, jsonApiType)
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
