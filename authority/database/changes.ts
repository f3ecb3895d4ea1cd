/** The change feed, table `changes`: triggers write it (`change-triggers.ts`), every node reads it. */
import { sql } from 'kysely'
import type { Db } from './database.ts'

/** A node that has fallen behind by more reads everything anew. */
export const changesKept = 100_000
const changesAtOnce = 10_000

/** Forgets what no node waits for, some of it at once; whether there was any. The newest stays in any case. */
export async function purgeChanges(db: Db, kept = changesKept): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('changes')
    .where('sequence', '<=', sql<number>`(select max(sequence) - ${kept} from changes)`)
    .where('sequence', '<', sql<number>`(select min(sequence) + ${changesAtOnce} from changes)`)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
