/**
 * Who vouches for a credential of a service account: whoever made it, and with which narrowed token. Rights that are granted
 * later reach whoever holds the credential, so they are granted only where its voucher could hold them too.
 */
import type { Actor } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findVoucher, type Voucher } from './voucher-store.ts'

export { vouchByPolicy } from './voucher-store.ts'
export type { Voucher }

/** A narrowed token vouches for no more than it may do itself. */
export const vouchingActor = ({ id, tokenId, rights }: Actor): Voucher => ({
  vouchedById: id || null,
  vouchedTokenId: rights.narrowing ? tokenId : null,
})

/** Whoever mints vouches. A token that mints for its own owner hands on its own voucher: rotation launders nothing. */
export async function voucherOf(
  { db, actor }: { readonly db: Db; readonly actor: Actor },
  ownerId: string,
): Promise<Voucher> {
  return actor.id === ownerId ? findVoucher(db, actor.tokenId) : vouchingActor(actor)
}
