/** The doors: every declared operation, and the few short routes that are no resource. */
import { basePath } from '@mintmark/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Actor, type Context, Refusal } from '../../context.ts'
import { type JsonApi, mountOperations, type OperationRequest, type OperationResponse } from '../../jsonapi/mount.ts'
import { requireStepUp } from '../../step-up.ts'
import { type Authenticator, authenticate, requireValidToken } from '../authenticate.ts'
import { isFromConsole, type SessionAuthenticator } from '../authenticate-sessions.ts'
import { readJsonBody } from '../read-body.ts'
import { json, jsonApiType, jsonWithSecret } from '../server.ts'
import { sendUsageCsv } from './usage-csv.ts'

export type BaseContext = Omit<Context, 'db' | 'actor' | 'auditedEvents' | 'request'>

export interface Services {
  readonly jsonApi: JsonApi
  readonly authenticator: Authenticator
  readonly sessions: SessionAuthenticator
  readonly baseContext: BaseContext
}

export function mountDeclared(app: FastifyInstance, routes: Services): void {
  app.callerAdmission.admit = (request) => admitCaller(routes, request)
  for (const { operation, handle, listAll } of mountOperations(routes.jsonApi)) {
    const url = basePath + operation.path.replace(/\{(\w+)\}/g, ':$1')
    const methods = operation.alsoGet ? ([operation.method, 'GET'] as const) : operation.method
    app.route({
      method: methods as 'GET',
      url,
      handler: async (request, reply) => {
        const asked = await openRequest(routes, request, operation.id)
        if (operation.stepUp === true) requireStepUp(hasSteppedUp(asked.context.actor))
        if (operation.id === 'list_access_token_usage' && asked.query.get('format') === 'csv')
          return sendUsageCsv(request, reply, await listAll(asked))
        return send(reply, await handle(asked))
      },
    })
  }
}

/** Authenticates first: a stranger is told nothing about what was wrong with the rest. */
export async function openRequest(
  routes: Services,
  request: FastifyRequest,
  operation: string,
): Promise<OperationRequest> {
  const { baseContext, jsonApi } = routes
  const actor = await whoAsks(routes, request, operation)
  request.actor = actor
  const query = request.query as URLSearchParams
  const context: Context = {
    ...baseContext,
    db: jsonApi.database.read,
    actor,
    request: requestFactsOf(request, query),
    auditedEvents: { rows: 0 },
  }
  return { context, params: request.params as Record<string, string>, query, body: readJsonBody(request) }
}

/** Whether the caller may have a body read: a good token, or a session. Who it is, is asked again once the body is there. */
export async function admitCaller({ authenticator, sessions }: Services, request: FastifyRequest): Promise<void> {
  const { id, ip, headers } = request
  const { authorization } = headers
  if (authorization === undefined && isFromConsole(request)) {
    if (!(await sessions.find(request))) throw noSession()
  } else await requireValidToken(authenticator, { authorization, address: ip, requestId: id, operation: '' })
}

const noSession = () => new Refusal('no-session', { detail: 'You are not signed in, or no longer.' })

async function whoAsks(
  { authenticator, sessions }: Services,
  request: FastifyRequest,
  operation: string,
): Promise<Actor> {
  const { id, ip, headers } = request
  const { authorization } = headers
  if (authorization === undefined && isFromConsole(request)) {
    const found = await sessions.find(request)
    if (!found) throw noSession()
    return await sessions.actorOf(found)
  }
  return await authenticate(authenticator, { authorization, address: ip, requestId: id, operation })
}

/** A token is a proof by itself. */
export const hasSteppedUp = ({ session }: Actor): boolean => session?.isProven ?? true

export function requestFactsOf({ id, ip, headers }: FastifyRequest, query: URLSearchParams): Context['request'] {
  const key = headers['idempotency-key']
  return {
    id,
    address: ip,
    query,
    idempotencyKey: typeof key === 'string' && key.length > 0 ? key.slice(0, 255) : null,
  }
}

function send(reply: FastifyReply, { status, document, secret }: OperationResponse): FastifyReply {
  if (document === undefined) return reply.code(status).send()
  if (secret) return jsonWithSecret(reply.code(status), document, secret, jsonApiType)
  return json(reply.code(status), document, jsonApiType)
}
