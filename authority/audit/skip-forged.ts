/**
 * Positions are unique, so a forged row at the next position, or a head that was deleted or restored to an earlier state, would
 * stop the sealer. It marks the chain as altered, continues after those rows and leaves them in place: `mintmark audit verify`
 * reports them.
 */
import type { Database } from '../database/database.ts'
import { highestPosition } from './audit-event-store.ts'
import { changeHeads, findHeads, inShortTransaction, insertHeads } from './audit-head-store.ts'
import { newHead, signHead } from './chain-head.ts'
import type { Sealing } from './seal.ts'

/** Returns the chains that were altered. */
export async function skipForged(
  database: Database,
  { keys }: Sealing,
  accountIds: readonly string[],
): Promise<string[]> {
  const stored = new Map((await findHeads(database.read, accountIds)).map((head) => [head.accountId, head]))
  const skipped: string[] = []
  for (const accountId of accountIds) {
    const head = stored.get(accountId) ?? newHead(accountId)
    const highest = await highestPosition(database.read, accountId)
    if (highest <= head.length) continue
    const moved = { ...head, length: highest, alteredLength: head.alteredLength ?? head.length }
    const change = { ...signHead(keys, moved), before: head.mac }
    const swapped = await inShortTransaction(database, async (db) => {
      if (!stored.has(accountId)) await insertHeads(db, [head])
      return changeHeads(db, database.kind, [change])
    })
    if (swapped.size > 0) skipped.push(accountId)
  }
  return skipped
}
