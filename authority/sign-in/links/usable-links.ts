import { coversRights, may } from '@mintmark/token'
import type { Db } from '../../database/database.ts'
import { findMembershipState } from '../../identity/accounts/accept-invitation.ts'
import { rightsOfCreator } from '../../rights/creator.ts'
import { findGrantsAndPromises } from '../../rights/rights-view.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import type { LinkRow } from './link-store.ts'

/** Whether the link only lets a person accept an invitation in a session of their own, and does not sign them in. */
export const isForExistingMember = async (db: Db, { purpose, userId }: LinkRow): Promise<boolean> =>
  purpose === 'invitation' && (await hasOwnCredentials(db, userId))

/**
 * Whether a link can be used. Its creator could open it, so it is valid only while they may invite to the account, or reset
 * the sign-in of its users, and hold all rights that the link gives access to, including rights granted later. Links created on the machine are always valid.
 */
export async function isLinkUsable(db: Db, link: LinkRow): Promise<boolean> {
  const { createdById, tokenId, userId, accountId, purpose } = link
  if (createdById === null) return true
  const rights = await rightsOfCreator(db, { id: createdById, tokenId })
  const permission = purpose === 'recovery' ? 'users:update' : 'users:create'
  if (!rights || accountId === null || !may(rights, permission, { account: accountId })) return false
  if (!(await findMembershipState(db, accountId, userId))) return false
  const all = await findGrantsAndPromises(db, 'user', userId)
  const reachable = (await isForExistingMember(db, link)) ? all.filter(({ scope }) => scope.account === accountId) : all
  return coversRights(rights, { grants: reachable })
}
