import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteUsedIdTokens } from './provider-store.ts'

const rowsAtOnce = 500

/** ID tokens that were used and have expired since: some at once, and whether there were any. */
export async function purgeUsedIdTokens(db: Db, world: World): Promise<boolean> {
  return (await deleteUsedIdTokens(db, world.now().toISOString(), rowsAtOnce)) > 0
}
