import type { Db } from '../../database/database.ts'
import type { StoredRecord } from '../../database/resource-view.ts'

export async function favoritesOf(
  db: Db,
  subjectId: string,
  rows: readonly StoredRecord[],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0 || subjectId === '') return new Set()
  const found = await db
    .selectFrom('favorites')
    .select('objectId')
    .where('subjectId', '=', subjectId)
    .where(
      'objectId',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  return new Set(found.map(({ objectId }) => objectId))
}

export async function insertFavorite(db: Db, subjectId: string, objectId: string): Promise<void> {
  await db
    .insertInto('favorites')
    .values({ subjectId, objectId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function deleteFavorite(db: Db, subjectId: string, objectId: string): Promise<void> {
  await db.deleteFrom('favorites').where('subjectId', '=', subjectId).where('objectId', '=', objectId).execute()
}
