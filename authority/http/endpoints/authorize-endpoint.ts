import { type EndpointDeclaration, resourceByType } from '@mintmark/contract'
import { may } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import type { EndpointRequest, SessionCaller, TokenCaller } from '../../endpoint-request.ts'
import type { Person } from '../../identity/users/person.ts'
import { accessOf, requireRecord } from '../../jsonapi/access.ts'
import { hasRecentStepUp, type Session } from '../../sign-in/sessions.ts'
import { requireStepUp } from '../../step-up.ts'
import { hasSteppedUp, type Services } from '../callers.ts'

/** Requires step-up and the permission as declared. A permission on accounts narrows the caller to those accounts. */
export async function authorizeEndpoint(
  services: Services,
  { caller, stepUp, permission, permissionOn }: EndpointDeclaration,
  request: EndpointRequest,
): Promise<EndpointRequest> {
  if (stepUp === true) requireStepUp(isRecent(services, caller, request.caller))
  if (permission === undefined || permissionOn === 'found') return request
  const { context } = request.caller as TokenCaller
  if (typeof permissionOn === 'object') {
    await requirePermissionOn(services, context, permissionOn.type, permission, request.params)
    return request
  }
  const accounts = context.actor.accounts.filter((account) => may(context.actor.rights, permission, { account }))
  if (accounts.length === 0)
    throw new Refusal('forbidden', { detail: `This requires the permission ${permission} on the account.`, permission })
  return { ...request, caller: { context, accounts } }
}

function isRecent({ baseContext }: Services, kind: EndpointDeclaration['caller'], caller: unknown): boolean {
  if (kind === 'token') return hasSteppedUp((caller as TokenCaller).context.actor)
  return kind === 'session' && hasRecentStepUp((caller as SessionCaller<Person, Session>).session, baseContext.world)
}

async function requirePermissionOn(
  { jsonApi }: Services,
  { actor, world }: Context,
  type: string,
  permission: string,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  const served = jsonApi.resources.find(({ resource }) => resource.type === type)
  const param = resourceByType.get(type)?.param
  if (!served || param === undefined) throw new Error(`no resource ${type} is served`)
  const access = accessOf(jsonApi.database.read, actor, world)
  await requireRecord(access, served.view, served.resource, params[param] ?? '', permission)
}
