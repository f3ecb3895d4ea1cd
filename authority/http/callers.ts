/** Authenticates the caller of a request by its token, or by a console session if there is no token. */

import type { FastifyRequest } from 'fastify'
import { type Actor, type Context, Refusal } from '../context.ts'
import type { JsonApi } from '../jsonapi/mount.ts'
import { type Authenticator, authenticate, requireValidToken } from './authenticate.ts'
import { isFromConsole, type SessionAuthenticator } from './authenticate-sessions.ts'

export type BaseContext = Omit<Context, 'db' | 'actor' | 'auditedEvents' | 'request'>

export interface Services {
  readonly jsonApi: JsonApi
  readonly authenticator: Authenticator
  readonly sessions: SessionAuthenticator
  readonly baseContext: BaseContext
}

/** Returns the context of an authenticated request. `operation` is recorded as the use of its token. */
export async function authenticateRequest(
  services: Services,
  request: FastifyRequest,
  operation: string,
): Promise<Context> {
  const actor = await findActor(services, request, operation)
  request.actor = actor
  return {
    ...services.baseContext,
    db: services.jsonApi.database.read,
    actor,
    request: requestFactsOf(request),
    auditedEvents: { rows: 0 },
  }
}

/**
 * Whether the server should read the caller's body: requires a valid token or a session. The request is authenticated
 * again after the body has arrived, unless all of it had arrived before the verdict.
 */
export async function admitCaller({ authenticator, sessions }: Services, request: FastifyRequest): Promise<void> {
  const { id, ip, headers } = request
  const { authorization } = headers
  if (authorization === undefined && isFromConsole(request)) {
    if (!(await sessions.find(request))) throw noSession()
    return
  }
  let isWhole = false
  const onFresh = () => {
    isWhole = request.raw.complete
  }
  const { operation = '' } = request.routeOptions.config
  const credentials = { authorization, address: ip, requestId: id, operation }
  const verdict = await requireValidToken(authenticator, credentials, onFresh)
  if (isWhole) request.admitted = verdict
}

export const noSession = () =>
  new Refusal('no-session', { detail: 'You are not signed in, or your session has ended.' })

async function findActor(
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
  return await authenticate(authenticator, { authorization, address: ip, requestId: id, operation }, request.admitted)
}

/** A token requires no re-authentication. */
export const hasSteppedUp = ({ session }: Actor): boolean => session?.isProven ?? true

export function requestFactsOf({ id, ip, headers, query }: FastifyRequest): Context['request'] {
  const key = headers['idempotency-key']
  return {
    id,
    address: ip,
    query: query as URLSearchParams,
    idempotencyKey: typeof key === 'string' && key.length > 0 ? key.slice(0, 255) : null,
  }
}
