import { type SqlBool, sql } from 'kysely'
import type { Db } from '../database/database.ts'
import { jsonRows } from '../database/json-rows.ts'
import type { Tables } from '../database/schema/tables.ts'
import { together } from '../database/sharing/shared-writes.ts'

export type LeakRow = Tables['leakReports']

/** The report of a token by a source at a location, if there is one. */
export function findLeak(db: Db, tokenId: string, source: string, locationKey: string) {
  const keyOf = (of: { readonly tokenId: string; readonly source: string; readonly locationKey: string }) =>
    JSON.stringify([of.tokenId, of.source, of.locationKey])
  return together(db, findLeak, { tokenId, source, locationKey }, async (asked: readonly LeakKey[]) => {
    const rows = new Map((await findLeaks(db, asked)).map((row) => [keyOf(row), row]))
    return asked.map((each) => rows.get(keyOf(each)))
  })
}

type LeakKey = Pick<LeakRow, 'tokenId' | 'source' | 'locationKey'>

function findLeaks(db: Db, keys: readonly LeakKey[]) {
  const rows = jsonRows(db, keys, { tokenId: 'text', source: 'text', locationKey: 'text' })
  return db
    .selectFrom('leakReports')
    .select([
      'tokenId',
      'source',
      'locationKey',
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
    .where(sql<SqlBool>`(token_id, source, location_key) in (select "tokenId", source, "locationKey" from ${rows})`)
    .execute()
}

export async function insertLeak(db: Db, row: LeakRow): Promise<void> {
  await together(db, insertLeak, row, (rows: readonly LeakRow[]) => db.insertInto('leakReports').values(rows).execute())
}

export async function updateLeak(db: Db, id: string, change: Partial<LeakRow>): Promise<void> {
  await db.updateTable('leakReports').set(change).where('id', '=', id).execute()
}

/** Inserts a note and counts it, so that concurrent notes cannot exceed the limit. Returns false if it is reached. */
export async function insertNote(db: Db, row: Tables['leakReportNotes'], notesMax: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leakReports')
    .set((of) => ({ noteCount: of('noteCount', '+', 1) }))
    .where('id', '=', row.leakReportId)
    .where('noteCount', '<', notesMax)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await db.insertInto('leakReportNotes').values(row).execute()
  return true
}
