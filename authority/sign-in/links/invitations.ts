/** The one-time link of somebody who was invited: shown to who invites, who hands it on. */
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
 * Signs in whoever has no credential yet. For anybody else it is the way to accept the invitation, in a session of their own:
 * one that signed them in would make the inviter that person, in every account they belong to.
 */
export async function inviteByLink(context: Context, { account, user }: Invited): Promise<Invitation> {
  const { db, actor } = context
  const person = await personById(db, user)
  const standing = await findMembershipState(db, account, user)
  const isSeen = standing !== undefined && may(actor.rights, 'users:read', { account })
  if (!person || !isSeen) throw new Refusal('not-found', { detail: 'There is no such person in this account.' })
  if (!may(actor.rights, 'users:create', { account }))
    throw new Refusal('forbidden', { detail: 'This takes the permission users:create.' })
  if (user === actor.id)
    throw new Refusal('forbidden', { detail: 'You cannot create a sign-in link for yourself. Ask an administrator.' })
  const hasCome = await hasOwnCredentials(db, user)
  if (person.status === 'Inactive')
    throw new Refusal('conflict', { detail: 'This person is Inactive. Activate them first.' })
  if (standing === 'member' && (hasCome || person.status !== 'Pending'))
    throw new Refusal('conflict', {
      detail: 'This person has come already and signs in with their own passkey or password.',
    })
  if (hasCome) await assertNoEscalationInAccount(context, account, user)
  else await assertNoEscalationTo(context, 'user', user)
  return { person, ...(await createLink(context, { purpose: 'invitation', userId: person.id, accountId: account })) }
}
