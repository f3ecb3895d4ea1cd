import type { Db } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'

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

/** The generations of the master key that data keys are wrapped with. */
export async function listMasterGenerations(db: Db): Promise<number[]> {
  const rows = await db.selectFrom('dataKeys').select('masterGeneration').distinct().execute()
  return rows.map(({ masterGeneration }) => masterGeneration)
}
