/**
 * A row that somebody put in at the next position of a chain would stop its sealing, for positions are unique. The sealer marks the
 * chain as altered, goes on behind that row, and leaves it where it is: `mintmark audit verify` reports it.
 */
import type { Database } from '../database/database.ts'
import { highestPosition } from './audit-event-store.ts'
import { changeHeads, findHeads, inShortTransaction } from './audit-head-store.ts'
import { isGenuine, signHead } from './chain-head.ts'
import type { Sealing } from './seal.ts'

/** Far below what a number can hold, and far above what any chain reaches. */
const positionMax = 2 ** 50

/** Which of the chains were altered. */
export async function skipForged(
  database: Database,
  { keys }: Sealing,
  accountIds: readonly string[],
): Promise<string[]> {
  const skipped: string[] = []
  for (const head of await findHeads(database.read, accountIds)) {
    const highest = await highestPosition(database.read, head.accountId)
    if (highest <= head.length || highest > positionMax || !isGenuine(keys, head)) continue
    const mended = { ...head, length: highest, alteredLength: head.alteredLength ?? head.length }
    const change = { ...signHead(keys, mended), before: head.mac }
    const swapped = await inShortTransaction(database, (db) => changeHeads(db, database.kind, [change]))
    if (swapped.size > 0) skipped.push(head.accountId)
  }
  return skipped
}
