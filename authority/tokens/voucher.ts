/**
 * Who vouches for a credential of a service account: whoever made it, and with which narrowed token. Rights that are granted
 * later reach whoever holds the credential, so they are granted only where its voucher could hold them too.
 */
import type { Actor } from '../context.ts'
import type { Db } from '../database/database.ts'
import type { Voucher } from '../rights/maker.ts'
import { findVoucher, findVoucherOfPolicy } from './voucher-store.ts'

/** A narrowed token vouches for no more than it may do itself. */
export const vouchingActor = ({ id, tokenId, rights }: Actor): Voucher => ({
  vouchedById: id || null,
  vouchedTokenId: rights.narrowing ? tokenId : null,
})

/**
 * Whoever creates a token vouches for it. One that a token creates for its own owner has the voucher of that token, and a
 * workload identity session that of its assume policy: neither rotation nor exchange makes a credential more trusted.
 */
export async function voucherOf(
  { db, actor }: { readonly db: Db; readonly actor: Actor },
  ownerId: string,
  assumePolicyId?: string,
): Promise<Voucher> {
  if (assumePolicyId !== undefined) return findVoucherOfPolicy(db, assumePolicyId)
  return actor.id === ownerId ? findVoucher(db, actor.tokenId) : vouchingActor(actor)
}
