/** Retention: deletes old rows, so that tables do not grow without bound. It works in short pieces, which block others only briefly. */
import { setImmediate } from 'node:timers/promises'
import type { World } from '../context.ts'
import { purgeChanges } from '../database/changes.ts'
import type { Database, Db } from '../database/database.ts'
import { purgeNotifications } from '../notifications/purge-notifications.ts'
import { purgeTokens, retireExpiredTokens } from '../tokens/purge-tokens.ts'
import { purgeUsedIdTokens } from '../workload-identity/purge-id-tokens.ts'

/** Deletes everything that is due, or as much as possible until it is stopped. */
export async function applyRetention(database: Database, world: World, stop?: AbortSignal): Promise<void> {
  const untilDone = async (purgePiece: () => Promise<boolean>) => {
    // SQLite is synchronous: this lets other work run between two pieces.
    while (!stop?.aborted && (await purgePiece())) await setImmediate()
  }
  const onConnection = (purge: (db: Db, world: World) => Promise<boolean>) => () =>
    database.withoutTransaction((db) => purge(db, world))
  for (const purge of [purgeTokens, purgeNotifications, purgeUsedIdTokens]) await untilDone(onConnection(purge))
  // Runs after the purge, so that newly expired tokens are purged in a later run, when no node has them in its replica.
  await untilDone(() => database.write((db) => retireExpiredTokens(db, world)))
  await untilDone(onConnection((db) => purgeChanges(db)))
}
