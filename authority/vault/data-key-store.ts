import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export function findDataKey(db: Db, accountId: string | null) {
  return db
    .selectFrom('dataKeys')
    .selectAll()
    .where('accountId', accountId === null ? 'is' : '=', accountId)
    .executeTakeFirst()
}

export async function insertDataKey(db: Db, row: Tables['dataKeys']): Promise<void> {
  await db.insertInto('dataKeys').values(row).execute()
}

/** Returns one data key per master key generation. */
export async function findDataKeyPerGeneration(db: Db) {
  const rows = await db
    .selectFrom('dataKeys')
    .select((each) => each.fn.min('id').as('id'))
    .groupBy('masterGeneration')
    .execute()
  if (rows.length === 0) return []
  return db
    .selectFrom('dataKeys')
    .selectAll()
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
}
