/**
 * The read side of one table: how its rows are listed, filtered, sorted, searched and narrowed to what the asking one
 * may see. A noun declares its shelf as data; the SQL of every list and look-up is made here.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from './database.ts'
import { fold, matchFunction, patternOf } from './fold.ts'

export type StoredRecord = { readonly id: string } & { readonly [name: string]: unknown }

export interface Filter {
  readonly name: string
  readonly operator: 'in' | 'like'
  /** Null stands for "unset". */
  readonly values: readonly (string | null)[]
}

export interface Listing {
  readonly filters: readonly Filter[]
  readonly search: string | null
  readonly sort: readonly { readonly key: string; readonly descending: boolean }[]
  readonly page: { readonly number: number; readonly size: number }
  readonly favoritesFirst: boolean
}

/** The scopes a list is narrowed to, by id. `everything` when the parent in the path was checked instead. */
export interface Reach {
  readonly everything: boolean
  readonly accounts: readonly string[]
  readonly environments: readonly string[]
  readonly workspaces: readonly string[]
}

/** Who looks: some attributes depend on it. */
export interface Viewer {
  readonly id: string
  readonly tokenId: string
  /** Whether the calling token is narrower than its owner: then it does not speak for all that is the owner's. */
  readonly narrowed: boolean
  readonly now: Date
  readonly may: (permission: string, scope: Path) => boolean
}

export interface Path {
  readonly account: string
  readonly environment?: string | null
  readonly workspace?: string | null
}

/** A column, or how to compare with given values. */
export type FilterBy = string | { readonly flag: string } | ((filter: Filter, viewer: Viewer) => RawBuilder<SqlBool>)

export interface ResourceView {
  readonly type: string
  /** Records that are part of the program: nothing is asked of the database. */
  readonly fixed?: ReadonlyMap<string, StoredRecord>
  /** The SQL after `from`; the table itself is called `t`. */
  readonly from: string
  readonly columns?: string
  readonly filters: { readonly [name: string]: FilterBy }
  readonly search: readonly string[]
  readonly sorts: { readonly [key: string]: string }
  readonly order?: string
  /** Columns that name the scopes a row lies in; or a condition of its own. */
  readonly scope:
    | Partial<Record<'account' | 'environment' | 'workspace', string>>
    | ((reach: Reach, viewer: Viewer, listing: Listing) => RawBuilder<SqlBool>)
  /** A condition of rows that are there at all: those that do not meet it are gone for everyone. */
  readonly listed?: string
  /** Rows of no account are there for everybody who may read the type. */
  readonly shared?: boolean
  /** Turns rows of the table into records: flags, JSON columns, members of to-many relations. */
  readonly complete: (db: Db, rows: StoredRecord[], viewer: Viewer) => Promise<StoredRecord[]> | StoredRecord[]
  /** Where a record lies. Several: to see it takes the right in one of them, to change it the right in each. */
  readonly paths: (record: StoredRecord) => readonly Path[]
  /** Where a record can be seen from, if from more places than it can be changed from. */
  readonly seenFrom?: (record: StoredRecord) => readonly Path[]
  /** Picks the permission where a declaration names one for each aspect. */
  readonly aspect?: (record: StoredRecord) => string
  /** What is one's own: `all` may always be seen and changed, such as one's own token, `read` only seen. */
  readonly own?: (record: StoredRecord, viewer: Viewer) => 'all' | 'read' | undefined
}

/** What an id can look like at all. Anything else is not there, and never reaches the database. */
const idShape = /^[\w.-]{1,128}$/

/** Columns that hold 0 or 1, as booleans. */
export function booleanColumns(row: StoredRecord, ...names: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, row[name] === 1]))
}

/** The account, environment and workspace a row names, as a path. */
export const pathOf = (row: StoredRecord): Path => ({
  account: row.accountId as string,
  environment: (row.environmentId as string | null | undefined) ?? null,
  workspace: (row.workspaceId as string | null | undefined) ?? null,
})

/** `known` is how many there are, when the caller knows. */
export async function findPage(
  db: Db,
  shelf: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
  known?: number,
): Promise<{ records: StoredRecord[]; total: number }> {
  if (shelf.fixed) return { records: [...shelf.fixed.values()], total: shelf.fixed.size }
  const where = condition(shelf, listing, reach, viewer)
  const { number, size } = listing.page
  const total = known ?? (await count(db, shelf, where))
  if ((number - 1) * size >= total) return { records: [], total }
  // To count many and to sort them take a turn each.
  if (known === undefined && total > rowsPerPiece) await new Promise(setImmediate)
  const { rows } = await sql<StoredRecord>`
    select ${sql.raw(shelf.columns ?? 't.*')} from ${sql.raw(shelf.from)} where ${where}
     order by ${ordering(shelf, listing, viewer)} limit ${size} offset ${(number - 1) * size}`.execute(db)
  return { records: await shelf.complete(db, rows, viewer), total }
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
  shelf: ResourceView,
  listing: Listing,
  reach: Reach,
  viewer: Viewer,
): AsyncGenerator<StoredRecord[]> {
  const where = condition(shelf, listing, reach, viewer)
  const table = sql.raw(shelf.from.split(' ', 1)[0] as string)
  for (let after = ''; ; ) {
    const piece = await sql<{ last: string | null }>`
      select max(id) as last from (select id from ${table} where id > ${after} order by id limit ${rowsPerPiece}) piece`.execute(
      db,
    )
    const last = piece.rows[0]?.last
    if (!last) return
    const { rows } = await sql<StoredRecord>`
      select ${sql.raw(shelf.columns ?? 't.*')} from ${sql.raw(shelf.from)}
       where t.id > ${after} and t.id <= ${last} and ${where} order by t.id`.execute(db)
    yield await shelf.complete(db, rows, viewer)
    after = last
    await new Promise(setImmediate)
  }
}

async function count(db: Db, shelf: ResourceView, where: RawBuilder<SqlBool>): Promise<number> {
  const { rows } = await sql<{
    total: number
  }>`select count(*) as total from ${sql.raw(shelf.from)} where ${where}`.execute(db)
  return Number(rows[0]?.total ?? 0)
}

/** Records by id, in no order, without regard to who may see them. */
export async function findRecords(
  db: Db,
  shelf: ResourceView,
  ids: readonly string[],
  viewer: Viewer,
): Promise<StoredRecord[]> {
  if (shelf.fixed) return ids.flatMap((id) => shelf.fixed?.get(id) ?? [])
  const plausible = ids.filter((id) => idShape.test(id))
  if (plausible.length === 0) return []
  const { rows } = await sql<StoredRecord>`
    select ${sql.raw(shelf.columns ?? 't.*')} from ${sql.raw(shelf.from)}
     where t.id in (${sql.join(plausible)}) and ${sql.raw(shelf.listed ?? '1 = 1')}`.execute(db)
  return rows.length > 0 ? shelf.complete(db, rows, viewer) : []
}

function condition(shelf: ResourceView, listing: Listing, reach: Reach, viewer: Viewer): RawBuilder<SqlBool> {
  const parts = listing.filters.map((filter) => filterSql(shelf.filters[filter.name] as FilterBy, filter, viewer))
  if (shelf.listed) parts.push(sql<SqlBool>`${sql.raw(shelf.listed)}`)
  if (!reach.everything) parts.push(reachSql(shelf, reach, viewer, listing))
  if (listing.search !== null) parts.push(searchSql(shelf, listing.search))
  return parts.length > 0 ? sql<SqlBool>`${sql.join(parts, sql` and `)}` : sql<SqlBool>`1 = 1`
}

function filterSql(by: FilterBy, filter: Filter, viewer: Viewer): RawBuilder<SqlBool> {
  if (typeof by === 'function') return by(filter, viewer)
  if (typeof by === 'string') return compare(sql.raw(by), filter)
  const values = filter.values.flatMap((value) => (value === 'true' ? [1] : value === 'false' ? [0] : []))
  return values.length > 0 ? sql<SqlBool>`${sql.raw(by.flag)} in (${sql.join(values)})` : sql<SqlBool>`1 = 0`
}

export function compare(column: RawBuilder<unknown>, { operator, values }: Filter): RawBuilder<SqlBool> {
  if (operator === 'like') return contains(column, values[0] ?? '')
  const given = values.filter((value) => value !== null)
  const any = given.length > 0 ? sql<SqlBool>`${column} in (${sql.join(given)})` : sql<SqlBool>`1 = 0`
  return values.includes(null) ? sql<SqlBool>`(${column} is null or ${any})` : any
}

/**
 * Every letter of the text counts as itself, also `%`, `_` and the backslash; letter case does not. Nearly all text is in
 * ASCII, which both databases fold by themselves and quickly.
 */
function contains(column: RawBuilder<unknown>, text: string): RawBuilder<SqlBool> {
  if (text === '') return sql<SqlBool>`${column} is not null`
  // `like` compares again from every letter on, 100 times slower for the worst of texts.
  const inAscii = sql`replace(lower(${column}), ${fold(text)}, '') <> lower(${column})`
  const matches = sql`${sql.raw(matchFunction)}(${column}, ${patternOf(text)})`
  return sql<SqlBool>`case when octet_length(${column}) = length(${column}) then ${inAscii} else ${matches} end`
}

function searchSql(shelf: ResourceView, text: string): RawBuilder<SqlBool> {
  const any = shelf.search.map((column) => contains(sql.raw(column), text))
  return any.length > 0 ? sql<SqlBool>`coalesce(${sql.join(any, sql` or `)}, false)` : sql<SqlBool>`1 = 0`
}

function reachSql(shelf: ResourceView, reach: Reach, viewer: Viewer, listing: Listing): RawBuilder<SqlBool> {
  if (typeof shelf.scope === 'function') return shelf.scope(reach, viewer, listing)
  const { account, environment, workspace } = shelf.scope
  const any = [
    ...anyOf(account, reach.accounts),
    ...anyOf(environment, reach.environments),
    ...anyOf(workspace, reach.workspaces),
    ...(shelf.shared && account ? [sql<SqlBool>`${sql.raw(account)} is null`] : []),
  ]
  return any.length > 0 ? sql<SqlBool>`(${sql.join(any, sql` or `)})` : sql<SqlBool>`1 = 0`
}

export const anyOf = (column: string | undefined, ids: readonly string[]): RawBuilder<SqlBool>[] =>
  column !== undefined && ids.length > 0 ? [sql<SqlBool>`${sql.raw(column)} in (${sql.join(ids)})`] : []

/** Unset values come last in either direction, in both databases; the id settles what is left. */
function ordering(shelf: ResourceView, listing: Listing, viewer: Viewer): RawBuilder<unknown> {
  const keys = listing.sort.flatMap(({ key, descending }) => {
    const column = shelf.sorts[key] as string
    return [sql`${sql.raw(column)} is null`, sql`${sql.raw(column)} ${sql.raw(descending ? 'desc' : 'asc')}`]
  })
  if (listing.favoritesFirst) {
    keys.unshift(
      sql`case when exists (select 1 from favorites f where f.object_id = t.id and f.subject_id = ${viewer.id}) then 0 else 1 end`,
    )
  }
  keys.push(sql.raw(shelf.order ?? 't.created_at'), sql.raw('t.id'))
  return sql.join(keys)
}
