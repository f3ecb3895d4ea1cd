/** The endpoints with which administrators see and end the sessions of other users, and reset their sign-in. */
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import type { ResultOf, TokenRequest } from '../../endpoint-request.ts'
import { assertMayRemoveRightsOf } from '../../rights/escalation.ts'
import { createLinkFor, type InvitationServices } from '../links/invitation-endpoints.ts'
import { resetMail } from '../links/invitation-mail.ts'
import type { SignInServices } from '../services.ts'
import { sessionLine } from '../session-endpoints.ts'
import { endSession, type Session, sessionsOf } from '../sessions.ts'
import { resetSignIn } from './reset-sign-in.ts'

export async function listUserSessions(
  { database }: SignInServices,
  { caller: { context }, params }: TokenRequest<'listUserSessions'>,
): Promise<ResultOf<'listUserSessions'>> {
  const all = await sessionsOfOther(context, database.read, params.user)
  return { json: { sessions: all.map((each) => sessionLine(each, context.actor.session)) } }
}

export async function endUserSession(
  { database, accountsOf }: SignInServices,
  { caller, params: { user, session: id } }: TokenRequest<'endUserSession'>,
): Promise<ResultOf<'endUserSession'>> {
  await database.write(async (db) => {
    const context: Context = { ...caller.context, db, auditedEvents: { rows: 0 } }
    const session = (await sessionsOfOther(context, db, user)).find((each) => each.id === id)
    if (!session) throw new Refusal('not-found', { detail: 'There is no such session.' })
    await endSession(context, session)
    await audit(context, {
      action: 'sessions.deleted',
      accountId: accountsOf(user),
      subjectType: 'users',
      subjectId: user,
      after: { id },
    })
  })
  return {}
}

export const resetUserSignIn = (
  services: InvitationServices,
  request: TokenRequest<'resetUserSignIn'>,
): Promise<ResultOf<'resetUserSignIn'>> => createLinkFor(services, request, resetSignIn, resetMail)

/** Sessions reveal networks and working hours, so seeing them requires the same rights as ending them. */
async function sessionsOfOther(context: Context, db: Db, user: string): Promise<Session[]> {
  if (user === context.actor.id && !context.actor.session)
    throw new Refusal('forbidden', { detail: 'A token cannot see or end the sessions of its owner.' })
  await assertMayRemoveRightsOf({ ...context, db }, 'user', user)
  return await sessionsOf(db, context.world, user)
}
