/** Reads the records of any view: a page of a list, a whole list in batches, or records by ID. */
import { limits, type Resource } from '@mintmark/contract'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import {
  countRows,
  findAmongFirst,
  findExactly,
  type ListSource,
  readSegment,
  type Segment,
  segmentsOf,
  sourcesOf,
} from './list-sql.ts'
import { partsOf } from './read-order.ts'
import type { AnyRecord } from './record-of.ts'
import type { Listing, Reach, ResourceView, Viewer } from './resource-view.ts'

/** The possible shape of an ID. Anything else does not exist, and is never sent to the database. */
const idShape = /^[\w.-]{1,128}$/

/** Up to this number of rows, sorting takes a few milliseconds. */
const sortedMax = 1_000

export interface Page {
  readonly records: readonly AnyRecord[]
  /** If there are very many rows and the page is not the last one, there may be more. ADR 0039. */
  readonly total: number
  /** Whether a search left out rows of a long list. ADR 0040. */
  readonly isCutOff?: boolean
}

/** `known` is the total count, if the caller knows it. */
export async function findPage(
  db: Db,
  view: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
  known?: number,
): Promise<Page> {
  if (view.fixed) return { records: [...view.fixed.values()], total: view.fixed.size }
  const counted = sourcesOf(view, { listing, isLong: false }, reach, viewer)
  const { number, size } = listing.page
  const offset = (number - 1) * size
  const countedMax = listing.search === null ? (view.countedMax ?? limits.countedRows) : limits.countedMatches
  const most = Math.max(countedMax, offset + size) + 1
  const isTable = !view.from.startsWith('(')
  const rowsOf = (sources: readonly ListSource[], from: number, limit: number) =>
    readSegments(db, segmentsOf(view, listing, sources, viewer), isTable ? 't.id as id' : view.select, from, limit)
  const recordsOf = async (rows: readonly AnyRecord[]) => {
    if (!isTable) return view.complete(db, rows, viewer)
    // Reading the IDs first lets an index serve all rows before the page.
    const ids = rows.map(({ id }) => id)
    const found = new Map((await findRecords(db, view, ids, viewer)).map((record) => [record.id, record]))
    return ids.flatMap((id) => found.get(id) ?? [])
  }
  if (listing.search !== null && view.lookups) {
    const rows = await searchLongList(db, view, listing, listing.search, reach, viewer)
    if (rows) return { records: await recordsOf(rows.slice(offset, offset + size)), total: rows.length, isCutOff: true }
  }
  if (listing.search !== null && offset + size <= countedMax) {
    // A search scans the rows: once, rather than for the count and again for the page.
    const rows = await rowsOf(counted, 0, most)
    return { records: await recordsOf(rows.slice(offset, offset + size)), total: rows.length }
  }
  const long = () => sourcesOf(view, { listing, isLong: true }, reach, viewer)
  if (known === undefined && offset >= countedMax) {
    // Counting would skip the same rows again.
    const rows = await rowsOf(long(), offset, size + 1)
    if (rows.length > 0) return { records: await recordsOf(rows.slice(0, size)), total: offset + rows.length }
  }
  const total = known ?? (await countRows(db, counted, most))
  if (offset >= total) return { records: [], total }
  const sources = total > sortedMax ? long() : counted
  return { records: await recordsOf(await rowsOf(sources, offset, size)), total }
}

/** An exact match is found at once. Returns at most one match more than are counted; undefined if the list is so short that a search reads all of it. */
async function searchLongList(
  db: Db,
  view: ResourceView,
  listing: Listing,
  text: string,
  reach: Reach,
  viewer: Viewer,
): Promise<readonly AnyRecord[] | undefined> {
  const sources = sourcesOf(view, { listing: { ...listing, search: null }, isLong: true }, reach, viewer)
  const { searchedRows, countedMatches } = limits
  if ((await countRows(db, sources, searchedRows + 1)) <= searchedRows) return undefined
  const segments = segmentsOf(view, listing, sources, viewer)
  const found = async (find: typeof findExactly) => {
    const rows: AnyRecord[] = []
    for (const segment of segments) {
      const limit = countedMatches + 1 - rows.length
      if (limit > 0) rows.push(...(await find(db, view, segment, { text, scanned: searchedRows, limit })))
    }
    return rows
  }
  const exact = await found(findExactly)
  return exact.length > 0 && exact.length <= countedMatches ? exact : found(findAmongFirst)
}

async function readSegments(
  db: Db,
  segments: readonly Segment[],
  columns: string,
  offset: number,
  limit: number,
): Promise<readonly AnyRecord[]> {
  const rows: AnyRecord[] = []
  let skip = offset
  for (const segment of segments) {
    const some = await readSegment(db, segment, columns, { offset: skip, limit: limit - rows.length })
    rows.push(...some)
    if (rows.length === limit) break
    skip = some.length > 0 || skip === 0 ? 0 : skip - (await countRows(db, segment.sources, skip))
  }
  return rows
}

/** Table rows per batch. More would block other requests. */
const rowsPerPiece = 500

/**
 * Yields all records of a listing in the order of their IDs or in the `readOrder` of the view, ignoring sort and page. It
 * reads by key, so a record that exists throughout is included even if others are deleted in the meantime; and it reads
 * batches of the table rather than of matches, which bounds the time of each query. Other requests are served between
 * batches.
 */
export async function* eachRecord(
  db: Db,
  view: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
): AsyncGenerator<readonly AnyRecord[]> {
  const reading = { listing: { ...listing, sort: [] }, isLong: false, isExport: true }
  const conditions = sourcesOf(view, reading, reach, viewer).map(({ where }) => sql`(${where})`)
  if (conditions.length === 0) return
  const table = sql.raw(`${view.from.split(' ', 1)[0]} t`)
  const names = view.readOrder?.columns ?? ['t.id']
  const key = sql.join(names.map((name) => sql.raw(name)))
  const lastKey = sql.raw(names.map((_, at) => `k${at} desc`).join(', '))
  const keyColumns = sql.join(names.map((name, at) => sql.raw(`${name} as k${at}`)))
  for (const part of partsOf(view, reading, reach, viewer))
    for (let after: RawBuilder<unknown> | undefined; ; ) {
      const rest = after ? sql`${part} and (${key}) > (${after})` : part
      const piece = await sql<Readonly<Record<string, unknown>>>`
        select * from (select ${keyColumns} from ${table} where ${rest} order by ${key} limit ${rowsPerPiece}) piece
         order by ${lastKey} limit 1`.execute(db)
      if (!piece.rows[0]) break
      const last = sql.join(Object.values(piece.rows[0]))
      const { rows } = await sql<AnyRecord>`
        select ${sql.raw(view.select)} from ${sql.raw(view.from)}
         where ${rest} and (${key}) <= (${last}) and (${sql.join(conditions, sql` or `)}) order by ${key}`.execute(db)
      yield await view.complete(db, rows, viewer)
      after = last
      await new Promise(setImmediate)
    }
}

/** Returns records by ID, in no order, without checking visibility. */
export async function findRecords<Rec extends { readonly id: string }>(
  db: Db,
  view: ResourceView<Resource, Rec>,
  ids: readonly string[],
  viewer: Viewer,
): Promise<readonly Rec[]> {
  if (view.fixed) return ids.flatMap((id) => view.fixed?.get(id) ?? [])
  const plausible = ids.filter((id) => idShape.test(id))
  if (plausible.length === 0) return []
  const { rows } = await sql<AnyRecord>`
    select ${sql.raw(view.select)} from ${sql.raw(view.from)}
     where t.id in (${sql.join(plausible)}) and ${sql.raw(view.listed ?? '1 = 1')}`.execute(db)
  return rows.length > 0 ? view.complete(db, rows, viewer) : []
}
