/** Mounts every operation of the resources. */
import { basePath } from '@mintmark/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mountOperations, type OperationRequest, type OperationResponse } from '../../jsonapi/mount.ts'
import { requireStepUp } from '../../step-up.ts'
import { admitCaller, authenticateRequest, hasSteppedUp, type Services } from '../callers.ts'
import { disconnectSignal } from '../connections/client-disconnect.ts'
import { readJsonBody } from '../endpoints/read-body.ts'
import { json, jsonApiType, jsonWithSecret } from '../send-json.ts'
import { exportFormat, sendExport } from './send-export.ts'

export function mountResources(app: FastifyInstance, services: Services): void {
  app.callerAdmission.admit = (request) => admitCaller(services, request)
  for (const { operation, handle, listAll } of mountOperations(services.jsonApi)) {
    const url = basePath + operation.path.replace(/\{(\w+)\}/g, ':$1')
    const methods = operation.alsoGet ? ([operation.method, 'GET'] as const) : operation.method
    app.route({
      method: methods as 'GET',
      url,
      config: { operation: operation.id },
      handler: async (request, reply) => {
        const operationRequest = await openRequest(services, request, operation.id)
        if (operation.stepUp === true) requireStepUp(hasSteppedUp(operationRequest.context.actor))
        const format = exportFormat(operation, operationRequest.query)
        if (format) {
          const all = await listAll(operationRequest)
          return sendExport(reply, operation, { format, all, disconnected: operationRequest.signal })
        }
        return send(reply, await handle(operationRequest))
      },
    })
  }
}

/** Authenticates before validation, so unauthenticated clients learn nothing about other errors in the request. */
async function openRequest(services: Services, request: FastifyRequest, operation: string): Promise<OperationRequest> {
  const context = await authenticateRequest(services, request, operation)
  const query = request.query as URLSearchParams
  return {
    context,
    params: request.params as Record<string, string>,
    query,
    body: readJsonBody(request),
    signal: disconnectSignal(request),
  }
}

function send(reply: FastifyReply, { status, document, secret }: OperationResponse): FastifyReply {
  if (document === undefined) return reply.code(status).send()
  if (secret) return jsonWithSecret(reply.code(status), document, secret, jsonApiType)
  return json(reply.code(status), document, jsonApiType)
}
