import { Refusal } from '../../context.ts'
import { acceptInvitation } from '../../identity/accounts/accept-invitation.ts'
import type { Person } from '../../identity/users/person.ts'
import { type SignInRequest, type SignInServices, writeAsPerson } from '../services.ts'
import { creatorOfLink, findLink, invalidLink, redeemLink } from './links.ts'

/**
 * Accepts an invitation in a session of the invited person. It requires both the link and the session, so neither a stolen
 * link nor a stolen session alone is enough.
 */
export async function accept(
  services: SignInServices,
  signInRequest: SignInRequest,
  person: Person,
  secret: string,
): Promise<string> {
  const link = await findLink(services.database.read, services.baseContext.world, secret)
  const { accountId, userId } = link
  if (userId !== person.id)
    throw new Refusal('forbidden', {
      detail: 'This invitation is for another person. Sign in with the invited account to accept it.',
    })
  // Only invitations are for an account.
  if (accountId === null) throw invalidLink()
  // The event does not name the account: the person's other accounts can read it.
  const event = { person, action: 'invitations.accepted' }
  return await writeAsPerson(services, signInRequest, event, async (context) => {
    await findLink(context.db, context.world, secret)
    await redeemLink(context, link.id)
    await acceptInvitation(context, accountId, person.id, creatorOfLink(link))
    return accountId
  })
}
