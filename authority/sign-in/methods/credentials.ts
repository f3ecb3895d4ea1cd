import { limits } from '@mintmark/contract'
import type { World } from '../../context.ts'
import type { Db } from '../../database/database.ts'
import { type Person, personById } from '../../identity/users/person.ts'
import { creatorHolds } from '../../rights/creator.ts'
import { findGrantsAndPromises } from '../../rights/rights-view.ts'
import { passkeysOf } from './passkeys.ts'

/** Whether a person has a passkey, or a password that they chose themselves. */
export async function hasOwnCredentials(db: Db, userId: string): Promise<boolean> {
  const person = await personById(db, userId)
  if (person?.passwordHash && person.changePasswordOnSignIn === 0) return true
  return (await passkeysOf(db, userId)).length > 0
}

/**
 * Whether the person may sign in with their password. Always true for a password that they chose themselves. A first password
 * is valid for as long as an invitation, and only while its creator holds every right that the person holds or is promised,
 * including rights granted after the password was created.
 */
export async function isVouchedFor({ db, world }: { db: Db; world: World }, person: Person): Promise<boolean> {
  const { id, changePasswordOnSignIn, passwordSetById, passwordSetTokenId } = person
  if (changePasswordOnSignIn === 0) return true
  if (hasExpired(person, world)) return false
  const grants = await findGrantsAndPromises(db, 'user', id)
  // The creator of a password from an early version is unknown.
  if (passwordSetById === null) return grants.length === 0
  return creatorHolds(db, { id: passwordSetById, tokenId: passwordSetTokenId }, grants)
}

function hasExpired({ passwordChangedAt }: Person, world: World): boolean {
  const oldest = new Date(world.now().getTime() - limits.invitationHours * 3_600_000).toISOString()
  return passwordChangedAt === null || passwordChangedAt <= oldest
}
