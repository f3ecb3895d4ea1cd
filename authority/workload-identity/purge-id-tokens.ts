import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteUsedIdTokens } from './provider-store.ts'

const batchSize = 500

/** Deletes a batch of records of used ID tokens that have expired. Returns whether there were any. */
export async function purgeUsedIdTokens(db: Db, world: World): Promise<boolean> {
  return (await deleteUsedIdTokens(db, world.now().toISOString(), batchSize)) > 0
}
