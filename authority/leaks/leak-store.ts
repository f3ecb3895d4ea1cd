import type { Db } from '../database/database.ts'
import type { Tables } from '../database/schema/tables.ts'

export type LeakRow = Tables['leakReports']

export function findLeak(db: Db, tokenId: string, source: string, placeKey: string) {
  return db
    .selectFrom('leakReports')
    .select([
      'id',
      'times',
      'answer',
      'placeKind',
      'repository',
      'path',
      'line',
      'commitId',
      'url',
      'places',
      'otherPlaces',
    ])
    .where('tokenId', '=', tokenId)
    .where('source', '=', source)
    .where('placeKey', '=', placeKey)
    .executeTakeFirst()
}

export async function insertLeak(db: Db, row: LeakRow): Promise<void> {
  await db.insertInto('leakReports').values(row).execute()
}

export async function updateLeak(db: Db, id: string, change: Partial<LeakRow>): Promise<void> {
  await db.updateTable('leakReports').set(change).where('id', '=', id).execute()
}
