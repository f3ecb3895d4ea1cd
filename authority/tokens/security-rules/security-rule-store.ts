import type { Db } from '../../database/database.ts'
import { inSlices } from '../../database/in-slices.ts'
import type { Tables } from '../../database/schema/tables.ts'

export function findRulesOfEach(db: Db, accountIds: readonly string[]) {
  const rules = db.selectFrom('securityRules').selectAll()
  return inSlices(accountIds, (some) => rules.where('accountId', 'in', some).execute())
}

export function findRules(db: Db, accountId: string) {
  return db.selectFrom('securityRules').selectAll().where('accountId', '=', accountId).executeTakeFirst()
}

export async function insertRules(db: Db, row: Tables['securityRules']): Promise<void> {
  await db.insertInto('securityRules').values(row).execute()
}

export async function updateRules(db: Db, id: string, change: Partial<Tables['securityRules']>): Promise<void> {
  if (Object.keys(change).length > 0) await db.updateTable('securityRules').set(change).where('id', '=', id).execute()
}
