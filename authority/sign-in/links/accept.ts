import { Refusal } from '../../context.ts'
import { acceptInvitation } from '../../identity/accounts/accept-invitation.ts'
import { requireStepUp } from '../../step-up.ts'
import type { SessionOfPerson } from '../methods/methods.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { hasRecentStepUp } from '../sessions.ts'
import { creatorOfLink, findLink, invalidLink, redeemLink } from './links.ts'

/**
 * A person accepts an invitation. It takes both the link, which only whoever was sent it has, and a session of that person:
 * whoever holds one of the two gains nothing.
 */
export async function accept(
  services: SignInServices,
  asking: SignInRequest,
  signed: SessionOfPerson,
  secret: string,
): Promise<string> {
  const { person, session } = signed
  if (session.linkId !== null || person.changePasswordOnSignIn === 1)
    throw new Refusal('sign-in-unfinished', { detail: 'Set a passkey or a new password first.' })
  requireStepUp(hasRecentStepUp(session, services.baseContext.world))
  const link = await findLink(services.database.read, services.baseContext.world, secret)
  const { accountId, userId } = link
  if (userId !== person.id)
    throw new Refusal('forbidden', { detail: 'This invitation is for another person. Sign in as them to accept it.' })
  if (link.purpose !== 'invitation' || accountId === null) throw invalidLink()
  // Which account it is, is told in that account only.
  const deed = { person, action: 'invitations.accepted' }
  return await writeAsPerson(services, asking, deed, async (context) => {
    await findLink(context.db, context.world, secret)
    await redeemLink(context, link.id)
    await acceptInvitation(context, accountId, person.id, creatorOfLink(link))
    return accountId
  })
}
