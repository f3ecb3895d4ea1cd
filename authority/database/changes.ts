/** The change feed, table `changes`: triggers write it (`feed/change-triggers.ts`), every node reads it. */
import { sql } from 'kysely'
import type { Db } from './database.ts'

/** A node that falls behind by more than this reloads its replica. */
export const changesKept = 100_000
/** The number of changes that a node reads and applies in one turn of its event loop. */
export const changesPerRead = 1_000
const changesAtOnce = 10_000

/** Deletes old changes, a limited number per call. Returns whether it deleted any. The newest change always stays. */
export async function purgeChanges(db: Db, kept = changesKept): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('changes')
    .where('sequence', '<=', sql<number>`(select max(sequence) - ${kept} from changes)`)
    .where('sequence', '<', sql<number>`(select min(sequence) + ${changesAtOnce} from changes)`)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
