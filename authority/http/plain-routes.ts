/** Acts that are no resource: discovery, health, the OpenAPI document, introspection, assuming a service account. */
import { basePath, kebab, plainOperations, serviceAccounts } from '@mintmark/contract'
import { may } from '@mintmark/token'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../context.ts'
import { accessOf, requireRecord } from '../jsonapi/access.ts'
import { readPlain } from '../jsonapi/body.ts'
import { secretPlace } from '../jsonapi/document.ts'
import type { Noun } from '../jsonapi/handlers.ts'
import { type AssumeWish, assume } from '../workload-identity-providers/assume.ts'
import type { KeySets } from '../workload-identity-providers/key-sets.ts'
import { authenticate } from './authenticate.ts'
import { readFormBody, readJsonBody } from './read-body.ts'
import { ask, type Doors, requestOf } from './routes.ts'
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
  app.get('/docs', async (_request, reply) => reply.type('text/html; charset=utf-8').send(docs))
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok'))
  app.get('/readyz', async (_request, reply) =>
    (await isReady()) ? reply.type('text/plain').send('ready') : reply.code(503).type('text/plain').send('not ready'),
  )
}

function mountAssume(app: FastifyInstance, { dialect, keySets, bare, door }: PlainDoors): void {
  app.post(`${basePath}/service-accounts/assume`, async (request, reply) => {
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

/** RFC 7662. Who may not see a token is told what is said of one that does not exist. */
function mountIntrospection(app: FastifyInstance, { door, bare }: PlainDoors): void {
  const inactive = { active: false }
  const introspected = 'introspect'
  app.post('/oauth/introspect', async (request, reply) => {
    const caller = await authenticate(door, {
      authorization: request.headers.authorization,
      address: request.ip,
      requestId: request.id,
      operation: introspected,
    })
    const text = readFormBody(request).get('token')
    if (!text) throw new Refusal('malformed-request', { detail: 'Expected the form member token.' })
    const judged = door.judgeAlso(text, request.ip)
    const verdict = judged instanceof Promise ? await judged : judged
    if (!verdict.good) {
      door.counted(verdict.owner?.accounts ?? [], verdict.code)
      if (verdict.code === 'stale-knowledge')
        throw new Refusal('stale-knowledge', { detail: 'It cannot be proven right now.', retryAfterSeconds: 1 })
      return json(reply, inactive)
    }
    const { owner, tokenId, expires, createdSeconds } = verdict
    const mayAsk =
      caller.tokenId === tokenId ||
      owner.accounts.some((account) => may(caller.rights, 'access-tokens:read', { account }))
    if (!mayAsk) return json(reply, inactive)
    door.seen(tokenId, request.ip, introspected)
    door.counted(owner.accounts, 'good')
    return json(reply, {
      active: true,
      iss: bare.installation.mark.text,
      sub: owner.id,
      username: owner.email ?? owner.id,
      client_id: owner.id,
      owner_type: owner.kind,
      jti: tokenId,
      token_type: 'Bearer',
      iat: createdSeconds,
      ...(expires === Number.POSITIVE_INFINITY ? {} : { exp: Math.floor(expires / 1000) }),
    })
  })
}
