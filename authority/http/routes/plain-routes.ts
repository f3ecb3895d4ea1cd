/** Acts that are no resource: discovery, health, the OpenAPI document, assuming a service account, introspection. */
import { basePath, kebab, plainOperations, serviceAccounts } from '@mintmark/contract'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../context.ts'
import { accessOf, requireRecord } from '../../jsonapi/access.ts'
import { readPlain } from '../../jsonapi/body.ts'
import { secretPlace } from '../../jsonapi/document.ts'
import type { ServedResource } from '../../jsonapi/served-resource.ts'
import { type AssumeInput, assume } from '../../workload-identity/assume.ts'
import type { KeySets } from '../../workload-identity/key-sets.ts'
import { readJsonBody } from '../read-body.ts'
import { withoutAuthentication } from '../request-bodies.ts'
import { pageHeaders } from '../security-headers.ts'
import { json, jsonWithSecret } from '../server.ts'
import { mountIntrospection } from './introspection-route.ts'
import { openRequest, requestFactsOf, type Services } from './routes.ts'

export interface PlainRoutes extends Services {
  readonly keySets: KeySets
  readonly resources: readonly ServedResource[]
  readonly openApi: string
  readonly docs: string
  isReady(): Promise<boolean>
}

export function mountPlain(app: FastifyInstance, routes: PlainRoutes): void {
  mountOpen(app, routes)
  mountAssume(app, routes)
  mountIntrospection(app, routes)
  app.get(`${basePath}/ping`, async (request, reply) => {
    await openRequest(routes, request, 'ping')
    return reply.type('text/plain').send('pong')
  })
  app.get(`${basePath}/workspaces/:workspace/outputs`, async (request, reply) => {
    const { context, params } = await openRequest(routes, request, 'list_workspace_outputs')
    const permission = plainOperations.list_workspace_outputs
    const workspaces = routes.resources.find(({ resource }) => resource.type === 'workspaces') as ServedResource
    const access = accessOf(routes.jsonApi.database.read, context.actor, context.world)
    await requireRecord(access, workspaces.view, workspaces.resource, params.workspace as string, permission)
    return json(reply, { data: [] })
  })
}

/** For anyone. An Authorization header on them is tolerated. */
function mountOpen(app: FastifyInstance, { openApi, docs, isReady }: PlainRoutes): void {
  app.get(`${basePath}/openapi-public.yml`, async (_request, reply) => reply.type('application/yaml').send(openApi))
  app.get('/docs', async (_request, reply) => reply.headers(pageHeaders).type('text/html; charset=utf-8').send(docs))
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok'))
  app.get('/readyz', async (_request, reply) =>
    (await isReady()) ? reply.type('text/plain').send('ready') : reply.code(503).type('text/plain').send('not ready'),
  )
}

function mountAssume(app: FastifyInstance, { jsonApi, keySets, baseContext, authenticator }: PlainRoutes): void {
  app.post(`${basePath}/service-accounts/assume`, withoutAuthentication, async (request, reply) => {
    const wish = readPlain(readJsonBody(request), serviceAccounts.operations.assume.body) as unknown as AssumeInput
    try {
      const answer = await assume(
        jsonApi.database,
        keySets,
        { ...baseContext, request: requestFactsOf(request, request.query as URLSearchParams) },
        wish,
      )
      await jsonApi.afterWrite()
      return jsonWithSecret(reply, { [kebab('accessToken')]: secretPlace }, answer.accessToken)
    } catch (error) {
      const wait =
        error instanceof Refusal && error.code === 'assume-refused' ? authenticator.limit.strike(request.ip) : 0
      if (wait > 0)
        throw new Refusal('too-many-bad-tokens', {
          detail: 'Too many refused tokens from this address.',
          retryAfterSeconds: wait,
        })
      throw error
    }
  })
}
