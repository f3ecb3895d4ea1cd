/**
 * Old tokens are purged in two steps. A token that expired long ago is first marked as revoked, which publishes a change, so
 * that every node drops it from its replica. Later its row is deleted, like that of any revoked token.
 */
import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteTokens, markExpiredRevoked } from './access-token-store.ts'

const rowsPerCall = 500
/** Each one publishes a change. */
const marksPerCall = 100

/** Deletes some tokens that were revoked or expired too long ago to matter. Returns whether there were any. */
export async function purgeTokens(db: Db, world: World): Promise<boolean> {
  return (await deleteTokens(db, daysAgo(world, limits.inactiveTokenDays), rowsPerCall)) > 0
}

/** Marks some expired tokens, a day before their rows are deleted, so that every node has noticed. Returns whether there were any. */
export async function retireExpiredTokens(db: Db, world: World): Promise<boolean> {
  const ids = await markExpiredRevoked(db, daysAgo(world, limits.inactiveTokenDays - 1), marksPerCall)
  return ids.length > 0
}

const daysAgo = (world: World, days: number): string =>
  new Date(world.now().getTime() - days * 86_400_000).toISOString()
