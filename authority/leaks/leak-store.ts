import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type LeakRow = Tables['leakReports']

export function findLeak(db: Db, tokenId: string, source: string, locationKey: string) {
  return db
    .selectFrom('leakReports')
    .select([
      'id',
      'times',
      'actionTaken',
      'locationKind',
      'repository',
      'path',
      'line',
      'commitId',
      'url',
      'locations',
      'otherLocations',
    ])
    .where('tokenId', '=', tokenId)
    .where('source', '=', source)
    .where('locationKey', '=', locationKey)
    .executeTakeFirst()
}

export async function insertLeak(db: Db, row: LeakRow): Promise<void> {
  await db.insertInto('leakReports').values(row).execute()
}

export async function updateLeak(db: Db, id: string, change: Partial<LeakRow>): Promise<void> {
  await db.updateTable('leakReports').set(change).where('id', '=', id).execute()
}
