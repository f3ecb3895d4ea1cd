import { limits } from '@mintmark/contract'
import type { World } from '../context.ts'
import type { Db } from '../database/database.ts'
import { deleteNotifications } from './notification-store.ts'

const rowsAtOnce = 500

/** What was told so long ago that no receiver is tried any more; some of it at once, and whether there was any. */
export async function purgeNotifications(db: Db, world: World): Promise<boolean> {
  const before = new Date(world.now().getTime() - limits.notificationDays * 86_400_000)
  return (await deleteNotifications(db, before.toISOString(), rowsAtOnce)) > 0
}
