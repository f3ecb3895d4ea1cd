/** Acts that are no resource: discovery, health, the OpenAPI document, assuming a service account, introspection. */
import { basePath, kebab, plainOperations, serviceAccounts } from '@mintmark/contract'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../context.ts'
import { accessOf, requireRecord } from '../jsonapi/access.ts'
import { readPlain } from '../jsonapi/body.ts'
import { secretPlace } from '../jsonapi/document.ts'
import type { Noun } from '../jsonapi/handlers.ts'
import { type AssumeWish, assume } from '../workload-identity-providers/assume.ts'
import type { KeySets } from '../workload-identity-providers/key-sets.ts'
import { mountIntrospection } from './introspection-route.ts'
import { readJsonBody } from './read-body.ts'
import { forStrangers } from './request-bodies.ts'
import { ask, type Doors, requestOf } from './routes.ts'
import { pageHeaders } from './security-headers.ts'
import { json, jsonWithSecret } from './server.ts'

export interface PlainDoors extends Doors {
  readonly keySets: KeySets
  readonly nouns: readonly Noun[]
  readonly openApi: string
  readonly docs: string
  isReady(): Promise<boolean>
}

export function mountPlain(app: FastifyInstance, doors: PlainDoors): void {
  mountOpen(app, doors)
  mountAssume(app, doors)
  mountIntrospection(app, doors)
  app.get(`${basePath}/ping`, async (request, reply) => {
    await ask(doors, request, 'ping')
    return reply.type('text/plain').send('pong')
  })
  app.get(`${basePath}/workspaces/:workspace/outputs`, async (request, reply) => {
    const { context, params } = await ask(doors, request, 'list_workspace_outputs')
    const permission = plainOperations.list_workspace_outputs
    const workspaces = doors.nouns.find(({ resource }) => resource.type === 'workspaces') as Noun
    const access = accessOf(doors.dialect.database.read, context.actor, context.world)
    await requireRecord(access, workspaces.shelf, workspaces.resource, params.workspace as string, permission)
    return json(reply, { data: [] })
  })
}

/** For anyone. An Authorization header on them is tolerated. */
function mountOpen(app: FastifyInstance, { openApi, docs, isReady }: PlainDoors): void {
  app.get(`${basePath}/openapi-public.yml`, async (_request, reply) => reply.type('application/yaml').send(openApi))
  app.get('/docs', async (_request, reply) => reply.headers(pageHeaders).type('text/html; charset=utf-8').send(docs))
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok'))
  app.get('/readyz', async (_request, reply) =>
    (await isReady()) ? reply.type('text/plain').send('ready') : reply.code(503).type('text/plain').send('not ready'),
  )
}

function mountAssume(app: FastifyInstance, { dialect, keySets, bare, door }: PlainDoors): void {
  app.post(`${basePath}/service-accounts/assume`, forStrangers, async (request, reply) => {
    const wish = readPlain(readJsonBody(request), serviceAccounts.operations.assume.body) as unknown as AssumeWish
    try {
      const answer = await assume(
        dialect.database,
        keySets,
        { ...bare, request: requestOf(request, request.query as URLSearchParams) },
        wish,
      )
      await dialect.afterDeed()
      return jsonWithSecret(reply, { [kebab('accessToken')]: secretPlace }, answer.accessToken)
    } catch (error) {
      const wait = error instanceof Refusal && error.code === 'assume-refused' ? door.limit.strike(request.ip) : 0
      if (wait > 0)
        throw new Refusal('too-many-bad-tokens', {
          detail: 'Too many refused tokens from this address.',
          retryAfterSeconds: wait,
        })
      throw error
    }
  })
}
