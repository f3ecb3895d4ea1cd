/**
 * The caller who admits a user to an account vouches for that user, because they saw the sign-in link or chose the first password and
 * could have kept a credential. A member therefore gets further rights only if the voucher has them too.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import type { Db } from '../database/database.ts'
import { type Creator, creatorHolds, rightsOfCreator, type Voucher, voucherCheck } from './creator.ts'
import { findReachedMembers, findVouchedMembers, setMemberVoucher } from './member-voucher-store.ts'
import { policiesOfTeams } from './rights-view.ts'

const noVoucher: Voucher = { vouchedById: null, vouchedTokenId: null }

/** No voucher is needed if `by` may do everything in the account, or is the operator of the server (null). */
export async function memberVoucher(db: Db, accountId: string, by: Creator | null): Promise<Voucher> {
  if (by === null) return noVoucher
  return voucherWith(by, accountId, (await rightsOfCreator(db, by)) ?? { grants: [], narrowing: {} })
}

function voucherWith({ id, tokenId }: Creator, accountId: string, rights: Rights): Voucher {
  if (coversRights(rights, { grants: everythingIn(accountId) })) return noVoucher
  return { vouchedById: id, vouchedTokenId: rights.narrowing ? tokenId : null }
}

export const everythingIn = (accountId: string): Grant[] => [{ scope: { account: accountId }, permissions: ['*:*'] }]

/** Call after the policy was written, or with the role that is being extended. */
export async function assertHoldersVouchedFor(
  { db }: Context,
  by: { policy: string } | { role: string },
  permissions: readonly string[],
): Promise<void> {
  const holds = voucherCheck(db, permissions)
  for (const { userId, scope, ...voucher } of await findReachedMembers(db, by))
    if (!(await holds(voucher, scope))) throw unvouched(scope.account, userId)
}

export async function assertMembersVouchedFor(
  { db }: Context,
  accountId: string,
  users: readonly string[],
  grants: readonly Grant[],
): Promise<void> {
  for (const { userId, ...voucher } of await findVouchedMembers(db, accountId, users))
    if (!(await creatorHolds(db, { id: voucher.vouchedById ?? '', tokenId: voucher.vouchedTokenId }, grants)))
      throw unvouched(accountId, userId)
}

/** Joining a team grants the policies of the team. */
export async function assertJoiningVouchedFor(
  context: Context,
  users: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const grants = Map.groupBy(await policiesOfTeams(context.db, teams), ({ scope }) => scope.account)
  for (const [accountId, given] of grants) await assertMembersVouchedFor(context, accountId, users, given)
}

/** The caller vouches for the member from now on. */
export async function vouchForMember({ db, actor }: Context, accountId: string, userId: string): Promise<void> {
  await setMemberVoucher(db, { accountId, userId }, voucherWith(actor, accountId, actor.rights))
}

/**
 * Called after a user's email address was changed: the reader of that mailbox could sign in as the user, so the caller
 * vouches for the user from now on. A caller with full rights in the account leaves the existing voucher in place.
 */
export async function withdrawMemberVoucher(
  { db, actor }: Context,
  accounts: readonly string[],
  userId: string,
): Promise<void> {
  for (const accountId of accounts)
    await narrowMemberVoucher(db, { accountId, userId }, voucherWith(actor, accountId, actor.rights))
}

/** Called after a sign-in link of another user replaced all sign-in methods: its creator could have used it. */
export async function vouchForRecovered(
  db: Db,
  accounts: readonly string[],
  userId: string,
  by: Creator,
): Promise<void> {
  for (const accountId of accounts)
    await narrowMemberVoucher(db, { accountId, userId }, await memberVoucher(db, accountId, by))
}

async function narrowMemberVoucher(
  db: Db,
  of: { readonly accountId: string; readonly userId: string },
  voucher: Voucher,
): Promise<void> {
  if (voucher.vouchedById !== null) await setMemberVoucher(db, of, voucher)
}

/** Call after a sign-in link from the command line replaced all sign-in methods. */
export const trustMember = (db: Db, userId: string): Promise<void> =>
  setMemberVoucher(db, { accountId: null, userId }, noVoucher)

const unvouched = (accountId: string, userId: string) =>
  new Refusal('conflict', {
    detail:
      `User ${userId} was admitted to the account, or had their email address changed or their sign-in reset, by a caller without these rights, who could have signed in as them. ` +
      `If you trust this user, confirm them with POST /accounts/${accountId}/actions/confirm/${userId}.`,
  })
