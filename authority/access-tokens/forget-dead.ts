import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteDead } from './access-token-store.ts'

const rowsAtOnce = 500

/** Tokens that have been dead for so long that nobody asks any more why; some of them at once, and whether there were any. */
export async function forgetDeadTokens(db: Db, world: World): Promise<boolean> {
  const before = new Date(world.now().getTime() - limits.deadTokenDays * 86_400_000)
  return (await deleteDead(db, before.toISOString(), rowsAtOnce)) > 0
}
