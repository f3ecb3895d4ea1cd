import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteNotifications } from './notification-store.ts'
import { deleteReaders } from './reader-store.ts'

const batchSize = 500

/** Deletes a batch of notifications beyond the retention, and read states that concern no others. Returns whether there were any. */
export async function purgeNotifications(db: Db, world: World): Promise<boolean> {
  const before = new Date(world.now().getTime() - limits.notificationDays * 86_400_000).toISOString()
  const deleted = [await deleteNotifications(db, before, batchSize), await deleteReaders(db, before, batchSize)]
  return deleted.some((rows) => rows > 0)
}
