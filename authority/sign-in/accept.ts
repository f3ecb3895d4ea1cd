import { acceptInvitation } from '../accounts/accept-invitation.ts'
import { Refusal } from '../context.ts'
import { type Asking, type Behind, ownDeed } from './behind.ts'
import { deadLink, findLink, makerOfLink, useLinkUp } from './links.ts'
import type { Signed } from './methods.ts'
import { isProven, refuseUnproven } from './sessions.ts'

/**
 * A person accepts an invitation. It takes both the link, which only whoever was sent it has, and a session of that person:
 * whoever holds one of the two gains nothing.
 */
export async function accept(behind: Behind, asking: Asking, signed: Signed, secret: string): Promise<string> {
  const { person, session } = signed
  if (session.linkId !== null || person.changePasswordOnSignIn === 1)
    throw new Refusal('sign-in-unfinished', { detail: 'Set a passkey or a new password first.' })
  refuseUnproven(isProven(session, behind.bare.world))
  const link = await findLink(behind.database.read, behind.bare.world, secret)
  const { accountId, userId } = link
  if (userId !== person.id)
    throw new Refusal('forbidden', { detail: 'This invitation is for another person. Sign in as them to accept it.' })
  if (link.purpose !== 'invitation' || accountId === null) throw deadLink()
  // Which account it is, is told in that account only.
  const deed = { person, action: 'invitations.accepted' }
  return await ownDeed(behind, asking, deed, async (context) => {
    await findLink(context.db, context.world, secret)
    await useLinkUp(context, link.id)
    await acceptInvitation(context, accountId, person.id, makerOfLink(link))
    return accountId
  })
}
