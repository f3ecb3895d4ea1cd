/** For a user who is locked out: an administrator with all rights of the user replaces their sign-in methods by a link. */
import { may } from '@mintmark/token'
import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import { findMembershipState } from '../../identity/accounts/accept-invitation.ts'
import { personById } from '../../identity/users/person.ts'
import { assertNoEscalationTo } from '../../rights/escalation.ts'
import type { Invitation } from '../links/invitations.ts'
import { createLink } from '../links/links.ts'
import { endSessionsOf } from '../sessions.ts'

/**
 * The existing methods work until the link is used, so that an administrator cannot lock out a user by mistake. The caller
 * could use the link themselves, so they need every right of the user, in every account.
 */
export async function resetSignIn(
  context: Context,
  { account, user }: { readonly account: string; readonly user: string },
): Promise<Invitation> {
  const { db, actor } = context
  const person = await personById(db, user)
  const isMember = (await findMembershipState(db, account, user)) === 'member'
  if (!person || !isMember || !may(actor.rights, 'users:read', { account }))
    throw new Refusal('not-found', { detail: 'There is no such person in this account.' })
  if (!may(actor.rights, 'users:update', { account }))
    throw new Refusal('forbidden', { detail: 'This requires the permission users:update.' })
  if (user === actor.id)
    throw new Refusal('forbidden', { detail: 'You cannot create a sign-in link for yourself. Ask an administrator.' })
  if (person.status === 'Inactive')
    throw new Refusal('conflict', { detail: 'This person is inactive. Activate them first.' })
  await assertNoEscalationTo(context, 'user', user)
  const link = await createLink(context, { purpose: 'recovery', userId: user, accountId: account })
  const ended = await endSessionsOf(context, user)
  await audit(context, {
    action: 'users.sign-in-reset',
    accountId: account,
    subjectType: 'users',
    subjectId: user,
    after: { sessionsEnded: ended },
  })
  return { person, ...link }
}
