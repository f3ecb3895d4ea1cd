import { coversRights, may } from '@mintmark/token'
import type { Db } from '../../database/database.ts'
import { findMembershipState } from '../../identity/accounts/accept-invitation.ts'
import { rightsOfMaker } from '../../rights/maker.ts'
import { findGrantsAndPromises } from '../../rights/rights-view.ts'
import { hasOwnCredentials } from '../methods/credentials.ts'
import type { LinkRow } from './link-store.ts'

/** Whether a link only lets a person accept an invitation, in a session of their own. */
export const isForExistingMember = async (db: Db, { purpose, userId }: LinkRow): Promise<boolean> =>
  purpose === 'invitation' && (await hasOwnCredentials(db, userId))

/**
 * Whoever made a link can open it. So it counts only while its maker may still invite to the account and holds everything
 * that the link leads to, also what was granted after it was made. Links made at the machine always count.
 */
export async function isLinkUsable(db: Db, link: LinkRow): Promise<boolean> {
  const { createdById, tokenId, userId, accountId } = link
  if (createdById === null) return true
  const rights = await rightsOfMaker(db, { id: createdById, tokenId })
  if (!rights || accountId === null || !may(rights, 'users:create', { account: accountId })) return false
  if (!(await findMembershipState(db, accountId, userId))) return false
  const all = await findGrantsAndPromises(db, 'user', userId)
  const ledTo = (await isForExistingMember(db, link)) ? all.filter(({ scope }) => scope.account === accountId) : all
  return coversRights(rights, { grants: ledTo })
}
