import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteNotifications } from './notification-store.ts'

const batchSize = 500

/** Deletes a batch of notifications beyond the retention. Returns whether there were any. */
export async function purgeNotifications(db: Db, world: World): Promise<boolean> {
  const before = new Date(world.now().getTime() - limits.notificationDays * 86_400_000)
  return (await deleteNotifications(db, before.toISOString(), batchSize)) > 0
}
