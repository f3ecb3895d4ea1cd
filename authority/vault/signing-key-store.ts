import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export function listSigningKeys(db: Db) {
  return db.selectFrom('signingKeys').selectAll().orderBy('generation').execute()
}

export async function insertSigningKey(db: Db, row: Tables['signingKeys']): Promise<void> {
  await db.insertInto('signingKeys').values(row).execute()
}
