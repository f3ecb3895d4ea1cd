import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { findEnds, findOwners, isBeingRevoked } from './verdict-store.ts'

/** `inactive`: created here, but revoked, expired or otherwise not valid now. */
export type TokenState = 'active' | 'inactive' | 'foreign'

const hashesPerQuery = 500

/** Returns the states of tokens by hash, in the given order. Reads the database, because the replica has no revoked tokens. */
export async function statesOf(db: Db, world: World, hashes: readonly Uint8Array[]): Promise<TokenState[]> {
  const states = new Map<string, TokenState>()
  for (let start = 0; start < hashes.length; start += hashesPerQuery) {
    const rows = await findEnds(db, hashes.slice(start, start + hashesPerQuery))
    const owners = rows.length === 0 ? [] : await findOwners(db, [...new Set(rows.map(({ ownerId }) => ownerId))])
    const active = new Map(owners.filter((owner) => owner.active).map((owner) => [owner.id, owner]))
    const now = world.now().toISOString()
    for (const { id, hash, ownerId, createdAt, expiresAt, revokedAt } of rows) {
      const owner = active.get(ownerId)
      const isOver = revokedAt !== null || (expiresAt !== null && expiresAt <= now)
      const isLive =
        !isOver && owner !== undefined && !isBeingRevoked(owner, id, Math.floor(Date.parse(createdAt) / 1_000))
      states.set(hexOf(hash), isLive ? 'active' : 'inactive')
    }
  }
  return hashes.map((hash) => states.get(hexOf(hash)) ?? 'foreign')
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
