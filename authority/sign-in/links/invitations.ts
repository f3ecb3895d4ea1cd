/** The sign-in link of an invited person. The inviter sees it once and passes it on. */
import { may, type Secret } from '@mintmark/token'
import { type Context, Refusal } from '../../context.ts'
import { findMembershipState } from '../../identity/accounts/accept-invitation.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { assertNoEscalationInAccount, assertNoEscalationTo } from '../../rights/escalation.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import { createLink } from './links.ts'

export interface Invitation {
  readonly person: Person
  readonly secret: Secret
  readonly expiresAt: string
}

interface Invited {
  readonly account: string
  readonly user: string
}

/**
 * Creates a link that signs in a person without a credential. A person with a credential accepts the invitation in a session of
 * their own: if the link signed them in, the inviter could act as them in every account they belong to.
 */
export async function inviteByLink(context: Context, { account, user }: Invited): Promise<Invitation> {
  const { db, actor } = context
  const person = await personById(db, user)
  const standing = await findMembershipState(db, account, user)
  const isSeen = standing !== undefined && may(actor.rights, 'users:read', { account })
  if (!person || !isSeen) throw new Refusal('not-found', { detail: 'There is no such person in this account.' })
  if (!may(actor.rights, 'users:create', { account }))
    throw new Refusal('forbidden', { detail: 'This requires the permission users:create.', permission: 'users:create' })
  if (user === actor.id)
    throw new Refusal('forbidden', { detail: 'You cannot create a sign-in link for yourself. Ask an administrator.' })
  const hasCredentials = await hasOwnCredentials(db, user)
  if (person.status === 'Inactive')
    throw new Refusal('conflict', { detail: 'This person is inactive. Activate them first.' })
  if (standing === 'member' && (hasCredentials || person.status !== 'Pending'))
    throw new Refusal('conflict', {
      detail: 'This person has already joined and signs in with their own passkey or password.',
    })
  if (hasCredentials) await assertNoEscalationInAccount(context, account, user)
  else await assertNoEscalationTo(context, 'user', user)
  return { person, ...(await createLink(context, { purpose: 'invitation', userId: person.id, accountId: account })) }
}
