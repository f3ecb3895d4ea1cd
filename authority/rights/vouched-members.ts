/**
 * People are vouched for by whoever let them into an account. That one saw the link, or chose the first password, and could
 * have kept the first credential. So rights that come later are granted to a member only where that one could hold them too.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import { type Context, Refusal } from '../context.ts'
import type { Db } from '../database/database.ts'
import { type Maker, makerHolds, rightsOfMaker, type Voucher, vouchersHolding } from './maker.ts'
import { findReachedMembers, findVouchedMembers, setMemberVoucher } from './member-voucher-store.ts'
import { policiesOfTeams } from './rights-view.ts'

const nobody: Voucher = { vouchedById: null, vouchedTokenId: null }

/** Somebody who holds everything in the account need not be asked again, nor who sits at the machine (null). */
export async function memberVoucher(db: Db, accountId: string, by: Maker | null): Promise<Voucher> {
  if (by === null) return nobody
  return voucherWith(by, accountId, (await rightsOfMaker(db, by)) ?? { grants: [], narrowing: {} })
}

function voucherWith({ id, tokenId }: Maker, accountId: string, rights: Rights): Voucher {
  if (coversRights(rights, { grants: everythingIn(accountId) })) return nobody
  return { vouchedById: id, vouchedTokenId: rights.narrowing ? tokenId : null }
}

export const everythingIn = (accountId: string): Grant[] => [{ scope: { account: accountId }, permissions: ['*:*'] }]

/** Called after a policy was written, or with the role that is being widened. */
export async function assertHoldersVouchedFor(
  { db }: Context,
  by: { policy: string } | { role: string },
  permissions: readonly string[],
): Promise<void> {
  const holds = vouchersHolding(db, permissions)
  for (const { userId, scope, ...voucher } of await findReachedMembers(db, by))
    if (!(await holds(voucher, scope))) throw unvouched(scope.account, userId)
}

export async function assertMembersVouchedFor(
  { db }: Context,
  accountId: string,
  users: readonly string[],
  grants: readonly Grant[],
): Promise<void> {
  if (grants.length === 0) return
  for (const { userId, ...voucher } of await findVouchedMembers(db, accountId, users))
    if (!(await makerHolds(db, { id: voucher.vouchedById ?? '', tokenId: voucher.vouchedTokenId }, grants)))
      throw unvouched(accountId, userId)
}

/** Joining a team gives what the team was given. */
export async function assertJoiningVouchedFor(
  context: Context,
  users: readonly string[],
  teams: readonly string[],
): Promise<void> {
  const grants = Map.groupBy(await policiesOfTeams(context.db, teams), ({ scope }) => scope.account)
  for (const [accountId, given] of grants) await assertMembersVouchedFor(context, accountId, users, given)
}

/** The caller vouches for a member from now on. */
export async function vouchForMember({ db, actor }: Context, accountId: string, userId: string): Promise<void> {
  const by = { id: actor.id, tokenId: actor.tokenId || null }
  await setMemberVoucher(db, { accountId, userId }, voucherWith(by, accountId, actor.rights))
}

/**
 * After somebody gave a person another address: whoever reads it would take them for somebody else. An administrator knows
 * what they do, and does not end the doubt about who let the person in either.
 */
export async function withdrawMemberVoucher(
  { db, actor }: Context,
  accounts: readonly string[],
  userId: string,
): Promise<void> {
  for (const accountId of accounts) {
    const voucher = voucherWith({ id: actor.id, tokenId: actor.tokenId || null }, accountId, actor.rights)
    if (voucher.vouchedById !== null) await setMemberVoucher(db, { accountId, userId }, voucher)
  }
}

/** After a link made at the machine replaced every way in. */
export const trustMember = (db: Db, userId: string): Promise<void> =>
  setMemberVoucher(db, { accountId: null, userId }, nobody)

const unvouched = (accountId: string, userId: string) =>
  new Refusal('conflict', {
    detail:
      `The person ${userId} was let into the account, or given their address, by somebody who does not hold these rights, and who could have signed in as them. ` +
      `If you know who they are, confirm it with POST /accounts/${accountId}/actions/confirm/${userId}.`,
  })
