/** Reads the records of any view: a page of a list, a whole list in batches, or records by ID. */
import type { Resource } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../database.ts'
import { anyOf, contains, filterSql } from './filter-sql.ts'
import type { AnyRecord } from './record-of.ts'
import type { Listing, Reach, ResourceView, Viewer } from './resource-view.ts'

/** The possible shape of an ID. Anything else does not exist, and is never sent to the database. */
const idShape = /^[\w.-]{1,128}$/

/** `known` is the total count, if the caller knows it. */
export async function findPage(
  db: Db,
  view: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
  known?: number,
): Promise<{ records: readonly AnyRecord[]; total: number }> {
  if (view.fixed) return { records: [...view.fixed.values()], total: view.fixed.size }
  const where = condition(view, listing, reach, viewer)
  const { number, size } = listing.page
  const total = known ?? (await count(db, view, where))
  if ((number - 1) * size >= total) return { records: [], total }
  // Counting and sorting many rows take one turn each.
  if (known === undefined && total > rowsPerPiece) await new Promise(setImmediate)
  const { rows } = await sql<AnyRecord>`
    select ${sql.raw(view.select)} from ${sql.raw(view.from)} where ${where}
     order by ${ordering(view, listing, viewer)} limit ${size} offset ${(number - 1) * size}`.execute(db)
  return { records: await view.complete(db, rows, viewer), total }
}

/** Table rows per batch. More would block other requests. */
const rowsPerPiece = 500

/**
 * Yields all records of a listing in the order of their IDs, ignoring sort and page. It reads by key, so a record that
 * exists throughout is included even if others are deleted in the meantime; and it reads batches of the table rather
 * than of matches, which bounds the time of each query. Other requests are served between batches.
 */
export async function* eachRecord(
  db: Db,
  view: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
): AsyncGenerator<readonly AnyRecord[]> {
  const where = condition(view, listing, reach, viewer)
  const table = sql.raw(view.from.split(' ', 1)[0] as string)
  for (let after = ''; ; ) {
    const piece = await sql<{ last: string | null }>`
      select max(id) as last from (select id from ${table} where id > ${after} order by id limit ${rowsPerPiece}) piece`.execute(
      db,
    )
    const last = piece.rows[0]?.last
    if (!last) return
    const { rows } = await sql<AnyRecord>`
      select ${sql.raw(view.select)} from ${sql.raw(view.from)}
       where t.id > ${after} and t.id <= ${last} and ${where} order by t.id`.execute(db)
    yield await view.complete(db, rows, viewer)
    after = last
    await new Promise(setImmediate)
  }
}

async function count(db: Db, view: ResourceView, where: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{
    total: number
  }>`select count(*) as total from ${sql.raw(view.from)} where ${where}`.execute(db)
  return Number(rows[0]?.total ?? 0)
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

function condition(view: ResourceView, listing: Listing, reach: Reach, viewer: Viewer): RawBuilder<SqlBool> {
  const parts = listing.filters.map((filter) => filterSql(served(view.filters, filter.name), filter, viewer))
  if (view.listed) parts.push(sql<SqlBool>`${sql.raw(view.listed)}`)
  if (!reach.everything) parts.push(reachSql(view, reach, viewer, listing))
  if (listing.search !== null) parts.push(searchSql(view, listing.search))
  return parts.length > 0 ? sql<SqlBool>`${sql.join(parts, sql` and `)}` : sql<SqlBool>`1 = 1`
}

/** Requests can use declared names only, and each declared name has SQL. */
function served<T>(by: { readonly [name: string]: T }, name: string): T {
  const found = Object.hasOwn(by, name) ? by[name] : undefined
  if (found === undefined) throw new Error(`The view has no SQL for '${name}'.`)
  return found
}

function searchSql(view: ResourceView, text: string): RawBuilder<SqlBool> {
  const any = view.search.map((column) => contains(sql.raw(column), text))
  return any.length > 0 ? sql<SqlBool>`coalesce(${sql.join(any, sql` or `)}, false)` : sql<SqlBool>`1 = 0`
}

function reachSql(view: ResourceView, reach: Reach, viewer: Viewer, listing: Listing): RawBuilder<SqlBool> {
  if (typeof view.scope === 'function') return view.scope(reach, viewer, listing)
  const { account, environment, workspace } = view.scope
  const any = [
    ...anyOf(account, reach.accounts),
    ...anyOf(environment, reach.environments),
    ...anyOf(workspace, reach.workspaces),
    ...(view.shared && account ? [sql<SqlBool>`${sql.raw(account)} is null`] : []),
  ]
  return any.length > 0 ? sql<SqlBool>`(${sql.join(any, sql` or `)})` : sql<SqlBool>`1 = 0`
}

/** Unset values come last in either direction, in both databases. The ID makes the order total. */
function ordering(view: ResourceView, listing: Listing, viewer: Viewer): RawBuilder<unknown> {
  const keys = listing.sort.flatMap(({ key, descending }) => {
    const column = served(view.sorts, key)
    return [sql`${sql.raw(column)} is null`, sql`${sql.raw(column)} ${sql.raw(descending ? 'desc' : 'asc')}`]
  })
  if (listing.favoritesFirst) {
    keys.unshift(
      sql`case when exists (select 1 from favorites f where f.object_id = t.id and f.subject_id = ${viewer.id}) then 0 else 1 end`,
    )
  }
  keys.push(sql.raw(view.order ?? 't.created_at'), sql.raw('t.id'))
  return sql.join(keys)
}
