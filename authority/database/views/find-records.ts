/** Reads the records of any view: a page of a list, a whole list in pieces, or records by id. */
import type { Resource } from '@mintmark/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../database.ts'
import { anyOf, contains, filterSql } from './filter-sql.ts'
import type { AnyRecord } from './record-of.ts'
import type { Listing, Reach, ResourceView, Viewer } from './resource-view.ts'

/** What an id can look like at all. Anything else is not there, and never reaches the database. */
const idShape = /^[\w.-]{1,128}$/

/** `known` is how many there are, when the caller knows. */
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
  // To count many and to sort them take a turn each.
  if (known === undefined && total > rowsPerPiece) await new Promise(setImmediate)
  const { rows } = await sql<AnyRecord>`
    select ${sql.raw(view.select)} from ${sql.raw(view.from)} where ${where}
     order by ${ordering(view, listing, viewer)} limit ${size} offset ${(number - 1) * size}`.execute(db)
  return { records: await view.complete(db, rows, viewer), total }
}

/** Rows of the table that are looked at in one piece. More would keep other requests waiting. */
const rowsPerPiece = 500

/**
 * All records of a listing in the order of their ids, whatever its sort and page. Read by key, so a record that is there from the beginning to
 * the end is among them whatever is deleted meanwhile, and in pieces of the table, so the first match of many rows is no long search. Other
 * requests are served between the pieces.
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

/** Records by id, in no order, without regard to who may see them. */
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

/** Requests name only what is declared, and each declared name has SQL. */
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

/** Unset values come last in either direction, in both databases; the id settles what is left. */
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
