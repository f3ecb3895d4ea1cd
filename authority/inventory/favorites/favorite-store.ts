import type { Db } from '../../database/database.ts'

/** Returns those of the objects that the subject marked as favorites. */
export async function findFavorites(
  db: Db,
  subjectId: string,
  rows: readonly { readonly id: string }[],
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
