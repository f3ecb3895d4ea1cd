/**
 * Who made what gives control over somebody: a sign-in link, a first password, a token. It counts only as long as its maker
 * holds what the other holds. Rights that came later would otherwise reach whoever prepared for them.
 */
import { coversRights, type Grant, type Rights } from '@mintmark/token'
import type { Actor } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findActiveSubject, findGrants, findNarrowing } from './rights-view.ts'

export interface Maker {
  readonly id: string
  /** The token that it was made with; null in a session. */
  readonly tokenId: string | null
}

/** Who vouches for a member or for a credential of a service account: one row of a table names them. Null: nobody is known. */
export interface Voucher {
  readonly vouchedById: string | null
  /** A narrowed token vouches for no more than it may do itself. */
  readonly vouchedTokenId: string | null
}

export const makerOf = ({ id, tokenId }: Actor): { id: string | null; tokenId: string | null } => ({
  id: id || null,
  tokenId: tokenId || null,
})

/** What a maker may do now. Undefined when it is gone or not Active, or when its token was revoked. */
export async function rightsOfMaker(db: Db, { id, tokenId }: Maker): Promise<Rights | undefined> {
  const kind = await findActiveSubject(db, id)
  const token = tokenId === null ? { narrowing: null } : await findNarrowing(db, tokenId)
  if (!kind || !token) return undefined
  return { grants: await findGrants(db, kind, id), narrowing: token.narrowing }
}

export async function makerHolds(db: Db, maker: Maker, grants: readonly Grant[]): Promise<boolean> {
  const rights = await rightsOfMaker(db, maker)
  return rights !== undefined && coversRights(rights, { grants })
}

export type Holds = (voucher: Voucher, scope: Grant['scope']) => Promise<boolean>

/** Whether a voucher holds these permissions in a scope. What each may do is read once: few vouch for many. */
export function vouchersHolding(db: Db, permissions: readonly string[]): Holds {
  const known = new Map<string, Promise<Rights | undefined>>()
  return async ({ vouchedById, vouchedTokenId }, scope) => {
    if (vouchedById === null) return false
    const key = `${vouchedById} ${vouchedTokenId}`
    const asked = known.get(key) ?? rightsOfMaker(db, { id: vouchedById, tokenId: vouchedTokenId })
    known.set(key, asked)
    const rights = await asked
    return rights !== undefined && coversRights(rights, { grants: [{ scope, permissions }] })
  }
}
