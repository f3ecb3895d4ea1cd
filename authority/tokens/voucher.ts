/**
 * Who vouches for a credential of a service account: its creator, with the narrowed token that was used. Rights granted later
 * reach the holder of the credential, so they are granted only if its voucher has them too.
 */
import type { Actor } from '../context.ts'
import type { Db } from '../database/database.ts'
import type { Voucher } from '../rights/creator.ts'
import { findVoucher, findVoucherOfPolicy } from './voucher-store.ts'

export const noVoucher: Voucher = { vouchedById: null, vouchedTokenId: null }

/** A narrowed token vouches only for rights that it has itself. */
export const vouchingActor = ({ id, tokenId, rights }: Actor): Voucher => ({
  vouchedById: id || null,
  vouchedTokenId: rights.narrowing ? tokenId : null,
})

/**
 * The creator of a token vouches for it. A token created by another token of the same owner inherits that token's voucher, and
 * a workload identity session inherits that of its assume policy: rotation and exchange never make a credential more trusted.
 */
export async function voucherOf(
  { db, actor }: { readonly db: Db; readonly actor: Actor },
  ownerId: string,
  assumePolicyId?: string,
): Promise<Voucher> {
  if (assumePolicyId !== undefined) return findVoucherOfPolicy(db, assumePolicyId)
  return actor.id === ownerId ? findVoucher(db, actor.tokenId) : vouchingActor(actor)
}
