import { audit } from '../../audit/audit.ts'
import { type Context, Refusal } from '../../context.ts'
import type { Creator } from '../../rights/creator.ts'
import { memberVoucher } from '../../rights/vouched-members.ts'
import { deleteInvitation, findInvitationId, findMembershipId, insertMembership } from './account-store.ts'

/**
 * Makes an invited user a member; the teams and policies of the invitation take effect. `by`: who created the sign-in link or
 * chose the first password that the user signed in with; null for the operator of the server.
 */
export async function acceptInvitation(
  context: Context,
  accountId: string,
  userId: string,
  by: Creator | null,
): Promise<void> {
  const { db, world } = context
  const id = await findInvitationId(db, accountId, userId)
  if (id === undefined) return
  await deleteInvitation(db, accountId, userId)
  const row = { id, accountId, userId, createdAt: world.now().toISOString() }
  await insertMembership(db, row, await memberVoucher(db, accountId, by))
  await audit(context, {
    action: 'accounts.invitation-accepted',
    accountId,
    subjectType: 'users',
    subjectId: userId,
  })
}

/** Whether a user is a member of an account, invited to it, or neither. */
export async function findMembershipState(db: Context['db'], accountId: string, userId: string) {
  if (await findMembershipId(db, accountId, userId)) return 'member'
  return (await findInvitationId(db, accountId, userId)) ? 'invited' : undefined
}

export async function refuseExistingMember({ db }: Context, accountId: string, userId: string): Promise<void> {
  const standing = await findMembershipState(db, accountId, userId)
  if (standing)
    throw new Refusal('conflict', {
      detail:
        standing === 'member'
          ? 'This user is already a member of the account.'
          : 'This user is already invited to the account.',
      at: '/data/attributes/email',
    })
}
