/**
 * Rows that are where the sealer wants to write would stop its sealing, for positions are unique: somebody put a row in, or set back or
 * removed the head. The sealer marks the chain as altered, goes on behind those rows, and leaves them where they are:
 * `mintmark audit verify` reports them.
 */
import type { Database } from '../database/database.ts'
import { highestPosition } from './audit-event-store.ts'
import { changeHeads, findHeads, inShortTransaction, insertHeads } from './audit-head-store.ts'
import { newHead, signHead } from './chain-head.ts'
import type { Sealing } from './seal.ts'

/** Which of the chains were altered. */
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
    const mended = { ...head, length: highest, alteredLength: head.alteredLength ?? head.length }
    const change = { ...signHead(keys, mended), before: head.mac }
    const swapped = await inShortTransaction(database, async (db) => {
      if (!stored.has(accountId)) await insertHeads(db, [head])
      return changeHeads(db, database.kind, [change])
    })
    if (swapped.size > 0) skipped.push(accountId)
  }
  return skipped
}
