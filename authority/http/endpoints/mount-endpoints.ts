/**
 * Mounts every endpoint: authenticates the caller, validates body and query, checks the declared permission and
 * step-up, and calls the handler.
 */
import {
  type EndpointDeclaration,
  type EndpointName,
  type EndpointOf,
  endpointEntries,
  limits,
} from '@mintmark/contract'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../context.ts'
import type {
  EndpointRequest,
  EndpointResult,
  ResultOf,
  SessionCaller,
  TokenCaller,
  Visitor,
} from '../../endpoint-request.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { errorReply } from '../../jsonapi/errors.ts'
import { refuseUnfinished } from '../../sign-in/methods/session-needs.ts'
import type { Session } from '../../sign-in/sessions.ts'
import { knownBrowserOf } from '../authenticate-sessions.ts'
import { authenticateRequest, noSession, requestFactsOf, type Services } from '../callers.ts'
import { disconnectSignal } from '../connections/client-disconnect.ts'
import { linkOriginOf, originOf } from '../origin.ts'
import { requireSameSite, siteOf } from '../site.ts'
import { authorizeEndpoint } from './authorize-endpoint.ts'
import { sendOAuthError } from './oauth-errors.ts'
import { bytesOf } from './read-body.ts'
import { bodyReader, readQuery } from './read-endpoint.ts'
import { sendResult } from './send-result.ts'

type CallerOf<E extends EndpointDeclaration> = E['caller'] extends 'token'
  ? TokenCaller
  : E['caller'] extends 'session'
    ? SessionCaller<Person, Session>
    : Visitor<Session>

type Handler<N extends EndpointName> = (
  endpointRequest: EndpointRequest<EndpointOf<N>, CallerOf<EndpointOf<N>>>,
) => ResultOf<N> | Promise<ResultOf<N>>

type AnyHandler = (endpointRequest: EndpointRequest) => EndpointResult | Promise<EndpointResult>

/** A missing or additional handler does not compile. Null: not configured, so not mounted. */
export type EndpointHandlers = {
  readonly [N in EndpointName]: Handler<N> | (N extends 'getMetrics' ? null : never)
}

type NamesWithCaller<C> = {
  [N in EndpointName]: EndpointOf<N>['caller'] extends C ? N : never
}[EndpointName]

type PresentedCredentials = Pick<EndpointRequest, 'headers' | 'request'> & {
  readonly params: Readonly<Record<string, string>>
}

/** How callers without a token or a session authenticate. Each throws a refusal. */
export interface Admissions {
  readonly client: { readonly [N in NamesWithCaller<'client'>]: (presented: PresentedCredentials) => void }
  readonly signature: {
    readonly [N in NamesWithCaller<'signature'>]: (
      presented: PresentedCredentials,
      body: Uint8Array,
    ) => void | Promise<void>
  }
}

export interface EndpointServices extends Services {
  readonly admissions: Admissions
  /** The allowed values of path parameters that come from the configuration. Each value gets its own route. */
  readonly configured: Readonly<Record<string, readonly string[]>>
  /** Counts a refused request, even if it did not reach its handler. `reason` is the error code, or more specific. */
  onRefused(name: EndpointName, params: Readonly<Record<string, string>>, reason: string): void
}

interface Mounted {
  readonly name: EndpointName
  readonly endpoint: EndpointDeclaration
  readonly handle: AnyHandler
  readBody(request: FastifyRequest): unknown
  /** The values of the configured parameters. */
  readonly fixed: Readonly<Record<string, string>>
}

export function mountEndpoints(app: FastifyInstance, services: EndpointServices, handlers: EndpointHandlers): void {
  for (const [name, endpoint] of endpointEntries) {
    const handle = handlers[name] as unknown as AnyHandler | null
    if (handle === null) continue
    for (const fixed of fixedParams(endpoint.path, services.configured)) {
      const mounted = { name, endpoint, handle, fixed, readBody: bodyReader(endpoint) }
      app.route({
        method: endpoint.method,
        url: endpoint.path.replace(/\{(\w+)\}/g, (_, param: string) => fixed[param] ?? `:${param}`),
        config: { ...admission(services, mounted), operation: endpoint.id },
        onError: (request, _reply, error, done) => {
          services.onRefused(name, paramsOf(mounted, request), reasonOf(error, request.id))
          done()
        },
        handler: (request, reply) => serve(services, mounted, request, reply),
      })
    }
  }
}

function fixedParams(path: string, configured: EndpointServices['configured']): Record<string, string>[] {
  const [, param] = [...path.matchAll(/\{(\w+)\}/g)].find(([, name = '']) => name in configured) ?? []
  return param === undefined ? [{}] : (configured[param] ?? []).map((value) => ({ [param]: value }))
}

/** Decides who may send a body and how large it may be, before the request is fully authenticated. */
function admission(services: EndpointServices, mounted: Mounted): FastifyContextConfig {
  const { caller, method, bodyLimit } = mounted.endpoint
  if (caller === 'token') return {}
  if (caller === 'session') return { admit: (request) => requireSession(services, request, mounted.endpoint) }
  if (caller === 'client') return { admit: (request) => admitClient(services, mounted, request) }
  return method === 'GET' ? {} : { unauthenticatedBytes: limits[bodyLimit ?? 'unauthenticatedBodyBytes'] }
}

function reasonOf(error: Error, requestId: string): string {
  return error instanceof Refusal && typeof error.cause === 'string' ? error.cause : errorReply(error, requestId).code
}

const paramsOf = ({ fixed }: Mounted, { params }: FastifyRequest) => ({
  ...(params as Record<string, string>),
  ...fixed,
})

async function serve(
  services: EndpointServices,
  mounted: Mounted,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint, handle } = mounted
  try {
    const caller = await admit(services, mounted, request)
    const endpointRequest: EndpointRequest = {
      caller,
      body: mounted.readBody(request) as never,
      query: readQuery(endpoint.query ?? {}, request.query as URLSearchParams),
      params: paramsOf(mounted, request),
      headers: request.headers,
      request: requestFactsOf(request),
      signal: disconnectSignal(request),
      client: (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, ''),
      knownBrowser: knownBrowserOf(request),
      origin: () => originOf(request),
      linkOrigin: () => linkOriginOf(request),
      site: () => siteOf(request),
    }
    const allowed = await authorizeEndpoint(services, endpoint, endpointRequest)
    return sendResult(endpoint, reply, await handle(allowed))
  } catch (error) {
    if (endpoint.errorStyle !== 'oauth') throw error
    return sendOAuthError(reply, error)
  }
}

function admit(services: EndpointServices, mounted: Mounted, request: FastifyRequest): unknown {
  const { endpoint } = mounted
  if (endpoint.caller === 'token') return admitToken(services, endpoint.id, request)
  if (endpoint.caller === 'session') return requireSession(services, request, endpoint)
  if (endpoint.fromConsole) requireSameSite(request)
  const visitor: Visitor<Session> = { findSession: async () => (await services.sessions.find(request))?.session }
  if (endpoint.caller === 'client') admitClient(services, mounted, request)
  if (endpoint.caller === 'signature') return admitSigner(services, mounted, request).then(() => visitor)
  return visitor
}

async function admitToken(services: Services, id: string, request: FastifyRequest): Promise<TokenCaller> {
  return { context: await authenticateRequest(services, request, id), accounts: [] }
}

async function requireSession(
  services: Services,
  request: FastifyRequest,
  { whileSessionNeeds }: EndpointDeclaration,
): Promise<SessionCaller<Person, Session>> {
  requireSameSite(request)
  const found = await services.sessions.find(request)
  const person = found && (await personById(services.jsonApi.database.read, found.session.userId))
  if (!found || !person) throw noSession()
  refuseUnfinished(found.needs, whileSessionNeeds)
  return { person, session: found.session, actor: () => services.sessions.actorOf(found) }
}

const presentedBy = (mounted: Mounted, request: FastifyRequest): PresentedCredentials => ({
  headers: request.headers,
  params: paramsOf(mounted, request),
  request: requestFactsOf(request),
})

function admitClient({ admissions }: EndpointServices, mounted: Mounted, request: FastifyRequest): void {
  admissions.client[mounted.name as NamesWithCaller<'client'>](presentedBy(mounted, request))
}

/** The signature covers the whole body, so the body is read first and parsed later. */
async function admitSigner({ admissions }: EndpointServices, mounted: Mounted, request: FastifyRequest): Promise<void> {
  const presented = presentedBy(mounted, request)
  await admissions.signature[mounted.name as NamesWithCaller<'signature'>](presented, bytesOf(request))
}
