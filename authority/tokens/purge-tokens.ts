/**
 * Old tokens are purged in two steps. One that expired long ago is marked as revoked first, which publishes a change, so that
 * every node drops it from memory; only then is its row deleted, like that of a token that was revoked.
 */
import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteTokens, markExpiredRevoked } from './access-token-store.ts'

const rowsAtOnce = 500
/** Each publishes a change. */
const marksAtOnce = 100

/** Tokens that have been dead for so long that nobody asks any more why; some of them at once, and whether there were any. */
export async function purgeTokens(db: Db, world: World): Promise<boolean> {
  return (await deleteTokens(db, daysAgo(world, limits.deadTokenDays), rowsAtOnce)) > 0
}

/** A day before their rows may go, which every node has noticed by then. Some at once, and whether there were any. */
export async function retireExpiredTokens(db: Db, world: World): Promise<boolean> {
  const ids = await markExpiredRevoked(db, daysAgo(world, limits.deadTokenDays - 1), marksAtOnce)
  return ids.length > 0
}

const daysAgo = (world: World, days: number): string =>
  new Date(world.now().getTime() - days * 86_400_000).toISOString()
