import { sql } from 'kysely'
import type { Db } from './database.ts'

export type ChangeKind = 'token' | 'owner' | 'rights' | 'account' | 'signing-key'

/**
 * Says in the feed that a verdict may have changed. On PostgreSQL the transaction is given its id before it takes the number of
 * the change, on which a reader's proof of completeness rests.
 */
export const noteChange = (db: Db, kind: ChangeKind, key: string): Promise<void> => noteChanges(db, kind, [key])

/** The same for several keys, in one statement. */
export async function noteChanges(db: Db, kind: ChangeKind, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await db
    .insertInto('changes')
    .values(keys.map((key) => ({ kind, key, mark: sql`cast(random() as varchar(32))` })) as never)
    .execute()
}

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
