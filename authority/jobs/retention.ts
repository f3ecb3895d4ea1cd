/** What is kept for a while only, so that tables do not grow for ever. Each piece is short: nothing waits long for it. */
import { setImmediate } from 'node:timers/promises'
import type { World } from '../context.ts'
import { purgeChanges } from '../database/changes.ts'
import type { Database, Db } from '../database/database.ts'
import { purgeNotifications } from '../notifications/purge-notifications.ts'
import { purgeTokens, retireExpiredTokens } from '../tokens/purge-tokens.ts'
import { purgeUsedIdTokens } from '../workload-identity/purge-id-tokens.ts'

/** Does all there is to do, or as much as it gets to before it is stopped. */
export async function applyRetention(database: Database, world: World, stop?: AbortSignal): Promise<void> {
  const all = async (piece: () => Promise<boolean>) => {
    // SQLite answers at once: without this nobody else had a turn in between.
    while (!stop?.aborted && (await piece())) await setImmediate()
  }
  const bare = (forget: (db: Db, world: World) => Promise<boolean>) => () =>
    database.withoutTransaction((db) => forget(db, world))
  for (const forget of [purgeTokens, purgeNotifications, purgeUsedIdTokens]) await all(bare(forget))
  // After the rows of those that were retired before: these wait for the next time, when no node knows them any more.
  await all(() => database.write((db) => retireExpiredTokens(db, world)))
  await all(bare((db) => purgeChanges(db)))
}
