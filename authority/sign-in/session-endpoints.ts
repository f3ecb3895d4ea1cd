/** The endpoints for a person's sessions and rights. */
import { Refusal } from '../context.ts'
import type { ResultOf } from '../endpoint-request.ts'
import { setFullName } from '../identity/users/person.ts'
import { countUnread } from '../notifications/count-unread.ts'
import { requireStepUp } from '../step-up.ts'
import { type SignInServices, writeAsPerson } from './services.ts'
import { type SessionRequest, sessionResult } from './session-answer.ts'
import { endSession, endSessionsOf, hasRecentStepUp, type Session, sessionsOf } from './sessions.ts'
import { signInWithPasskey, signInWithPassword } from './sign-in.ts'

/** Lets the console know in advance what the server would reject. */
export async function getRights(
  { database, baseContext: { world } }: SignInServices,
  { caller, signal }: SessionRequest<'getRights'>,
): Promise<ResultOf<'getRights'>> {
  const actor = await caller.actor()
  const unread = await countUnread(database.lists(signal), { actor, world })
  return { json: { grants: actor.rights.grants.map((grant) => ({ ...grant })), 'unread-notifications': unread } }
}

export async function updateProfile(
  services: SignInServices,
  request: SessionRequest<'updateProfile'>,
): Promise<ResultOf<'updateProfile'>> {
  const { caller, body } = request
  // Refuses a session that can only set a sign-in method.
  await caller.actor()
  const event = { person: caller.person, action: 'users.updated', after: { fullName: body.fullName } }
  await writeAsPerson(services, request, event, (context) => setFullName(context, caller.person.id, body.fullName))
  return {}
}

export async function reauthenticate(
  services: SignInServices,
  request: SessionRequest<'reauthenticate'>,
): Promise<ResultOf<'reauthenticate'>> {
  const { person } = request.caller
  const session = { ...request.caller.session, address: request.request.address }
  const { response, password, code } = request.body
  if (response !== undefined)
    return await sessionResult(
      services,
      await signInWithPasskey(services, request, { response, site: request.site() }, session),
    )
  if (password === undefined) throw new Refusal('invalid-attribute', { detail: 'Expected a value.', at: '/password' })
  const input = { email: person.email, password, ...(code === undefined ? {} : { code }) }
  return await sessionResult(services, await signInWithPassword(services, request, input, session))
}

export async function listSessions(
  services: SignInServices,
  { caller: { person, session } }: SessionRequest<'listSessions'>,
): Promise<ResultOf<'listSessions'>> {
  const all = await sessionsOf(services.database.read, services.baseContext.world, person.id)
  return { json: { sessions: all.map((each) => sessionLine(each, session)) } }
}

export async function endOneSession(
  services: SignInServices,
  request: SessionRequest<'endSession'>,
): Promise<ResultOf<'endSession'>> {
  const { person, session } = request.caller
  const { session: id } = request.params
  const { world } = services.baseContext
  const all = await sessionsOf(services.database.read, world, person.id)
  if (!all.some((each) => each.id === id)) throw new Refusal('not-found', { detail: 'There is no such session.' })
  if (id !== session.id) requireStepUp(hasRecentStepUp(session, world))
  const event = { person, action: 'sessions.deleted', after: { id } }
  await writeAsPerson(services, request, event, (context) => endSession(context, { id, userId: person.id }))
  return {}
}

export async function endOtherSessions(
  services: SignInServices,
  request: SessionRequest<'endOtherSessions'>,
): Promise<ResultOf<'endOtherSessions'>> {
  const { person, session } = request.caller
  const event = { person, action: 'sessions.deleted', after: { which: 'all others' } }
  const ended = await writeAsPerson(services, request, event, (context) =>
    endSessionsOf(context, person.id, session.id),
  )
  return { json: { ended } }
}

export const sessionLine = (
  { id, createdAt, seenAt, address, client }: Session,
  current: Pick<Session, 'id'> | undefined,
) => ({
  id,
  'created-at': createdAt,
  'last-seen-at': seenAt,
  address,
  client,
  current: id === current?.id,
})
