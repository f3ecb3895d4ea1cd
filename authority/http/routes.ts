/** The doors: every declared operation, and the few short routes that are no resource. */
import { basePath } from '@mintmark/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { type Answer, type Asked, type Dialect, handlersOf } from '../jsonapi/mount.ts'
import { authenticate, type Doorkeeper } from './authenticate.ts'
import { readJsonBody } from './read-body.ts'
import { json, jsonApiType, jsonWithSecret } from './server.ts'
import { sendUsageCsv } from './usage-csv.ts'

export type BareContext = Omit<Context, 'db' | 'actor' | 'told' | 'request'>

export interface Doors {
  readonly dialect: Dialect
  readonly door: Doorkeeper
  readonly bare: BareContext
}

export function mountDeclared(app: FastifyInstance, doors: Doors): void {
  for (const { operation, handle } of handlersOf(doors.dialect)) {
    const url = basePath + operation.path.replace(/\{(\w+)\}/g, ':$1')
    const methods = operation.alsoGet ? ([operation.method, 'GET'] as const) : operation.method
    app.route({
      method: methods as 'GET',
      url,
      handler: async (request, reply) => {
        const asked = await ask(doors, request, operation.id)
        if (operation.id === 'list_access_token_usage' && asked.query.get('format') === 'csv')
          return sendUsageCsv(reply, handle, asked)
        return send(reply, await handle(asked))
      },
    })
  }
}

/** Authenticates first: a stranger is told nothing about what was wrong with the rest. */
export async function ask({ door, bare, dialect }: Doors, request: FastifyRequest, operation: string): Promise<Asked> {
  const { id, ip, headers } = request
  const actor = await authenticate(door, {
    authorization: headers.authorization,
    address: ip,
    requestId: id,
    operation,
  })
  request.actor = actor
  const query = request.query as URLSearchParams
  const context: Context = {
    ...bare,
    db: dialect.database.read,
    actor,
    request: requestOf(request, query),
    told: { rows: 0, changes: 0 },
  }
  return { context, params: request.params as Record<string, string>, query, body: readJsonBody(request) }
}

export function requestOf({ id, ip, headers }: FastifyRequest, query: URLSearchParams): Context['request'] {
  const key = headers['idempotency-key']
  return {
    id,
    address: ip,
    query,
    idempotencyKey: typeof key === 'string' && key.length > 0 ? key.slice(0, 255) : null,
  }
}

function send(reply: FastifyReply, { status, document, secret }: Answer): FastifyReply {
  if (document === undefined) return reply.code(status).send()
  if (secret) return jsonWithSecret(reply.code(status), document, secret, jsonApiType)
  return json(reply.code(status), document, jsonApiType)
}
