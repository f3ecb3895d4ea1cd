/**
 * The creator of a sign-in link, first password or token could use it to act as its owner. Such a credential therefore counts
 * only while its creator holds the rights that it gives. Otherwise one could prepare a credential and wait for more rights.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import type { Actor } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findActiveSubject, findGrants, findNarrowing } from './rights-view.ts'

export interface Creator {
  readonly id: string
  /** The token used to create it; null if it was created in a session. */
  readonly tokenId: string | null
}

/**
 * The subject that vouches for a member or for a credential of a service account, as stored in a row. Null: unknown or
 * not needed.
 */
export interface Voucher {
  readonly vouchedById: string | null
  /** Set if the token is narrowed: it vouches only for rights that it has itself. */
  readonly vouchedTokenId: string | null
}

export const creatorOf = ({ id, tokenId }: Actor): { id: string | null; tokenId: string | null } => ({
  id: id || null,
  tokenId: tokenId || null,
})

/** The current rights of a creator. Undefined if it was deleted or is not Active, or if its token was revoked. */
export async function rightsOfCreator(db: Db, { id, tokenId }: Creator): Promise<Rights | undefined> {
  const kind = await findActiveSubject(db, id)
  const token = tokenId === null ? { narrowing: null } : await findNarrowing(db, tokenId)
  if (!kind || !token) return undefined
  return { grants: await findGrants(db, kind, id), narrowing: token.narrowing }
}

export async function creatorHolds(db: Db, creator: Creator, grants: readonly Grant[]): Promise<boolean> {
  const rights = await rightsOfCreator(db, creator)
  return rights !== undefined && coversRights(rights, { grants })
}

export type VoucherCheck = (voucher: Voucher, scope: Grant['scope']) => Promise<boolean>

/** Whether a voucher has these permissions in a scope. Caches the rights of each voucher, since few vouch for many. */
export function voucherCheck(db: Db, permissions: readonly string[]): VoucherCheck {
  const known = new Map<string, Promise<Rights | undefined>>()
  return async ({ vouchedById, vouchedTokenId }, scope) => {
    if (vouchedById === null) return false
    const key = `${vouchedById} ${vouchedTokenId}`
    const reading = known.get(key) ?? rightsOfCreator(db, { id: vouchedById, tokenId: vouchedTokenId })
    known.set(key, reading)
    const rights = await reading
    return rights !== undefined && coversRights(rights, { grants: [{ scope, permissions }] })
  }
}
