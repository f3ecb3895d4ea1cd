/**
 * The SQL of a list. Its rows come from sources, which share no row, and in segments, which follow one another: so each
 * query can read an index in its order, from either end, even if conditions are alternatives or a sort key can be unset.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../database.ts'
import { kindOf } from '../kind-of.ts'
import { continueFunction } from '../sqlite/sqlite-functions.ts'
import { accountsNamed, anyOf, contains, filterSql } from './filter-sql.ts'
import type { Lookup } from './lookups.ts'
import type { AnyRecord } from './record-of.ts'
import type { Listing, Reach, Reading, ResourceView, Source, Viewer } from './resource-view.ts'

/** Rows that one query can read in the order of an index. */
export interface ListSource extends Source {
  /** Whether the conditions read text of all rows, rather than an index. */
  readonly isScan?: boolean
  readonly from: RawBuilder<unknown>
}

export interface Segment {
  readonly sources: readonly ListSource[]
  readonly keys: readonly SortKey[]
}

interface SortKey {
  readonly by: RawBuilder<unknown>
  readonly descending: boolean
}

/** The sources of a list. */
export function sourcesOf(view: ResourceView, reading: Reading, reach: Reach, viewer: Viewer): readonly ListSource[] {
  const { listing } = reading
  const conditions = [
    ...(view.listed ? [sql<SqlBool>`${sql.raw(view.listed)}`] : []),
    ...(listing.search === null ? [] : [searchSql(view, listing.search)]),
  ]
  const everything: Source = { where: sql<SqlBool>`1 = 1` }
  let sources = reach.everything ? [everything] : reachSources(view, reading, reach, viewer)
  for (const filter of listing.filters) {
    const alternatives = [filterSql(served(view.filters, filter.name), filter, viewer, reading)].flat()
    sources = sources.flatMap((source) =>
      alternatives.map((alternative) => ({ ...source, where: sql<SqlBool>`${source.where} and ${alternative}` })),
    )
  }
  const isScan = listing.search !== null || listing.filters.some(({ operator }) => operator === 'like')
  return sources.map((source) => ({
    from: sql.raw(view.from),
    isScan,
    ...source,
    where: sql<SqlBool>`${sql.join([source.where, ...conditions], sql` and `)}`,
  }))
}

/** The segments of a list, in its order. Together they have the rows of the sources. */
export function segmentsOf(
  view: ResourceView,
  listing: Listing,
  sources: readonly ListSource[],
  viewer: Viewer,
): readonly Segment[] {
  const sort = listing.sort.length > 0 ? listing.sort : (view.defaultSort ?? [])
  const [first, ...others] = sort
  const descending = sort.at(-1)?.descending ?? false
  const sorted = sort.map(({ key }) => served(view.sorts, key))
  // In the direction of the last key, so that an index can be read from either end.
  const ties = (view.order ?? ['t.created_at', 't.id'])
    .filter((column) => !sorted.includes(column))
    .map((column) => ({ by: sql.raw(column), descending }))
  const restKeys = [...others.flatMap((key) => keysOf(view, key)), ...ties]
  if (!first || listing.favoritesFirst) {
    const firstKeys = listing.favoritesFirst ? [favoriteKey(viewer)] : []
    return [{ sources, keys: [...firstKeys, ...(first ? keysOf(view, first) : []), ...restKeys] }]
  }
  const groups = groupedByConstant(sources, first.key)
  if (groups) {
    const ordered = first.descending ? groups.toReversed() : groups
    return ordered.map((group) => ({ sources: group, keys: restKeys }))
  }
  const column = served(view.sorts, first.key)
  const keys = [{ by: sql.raw(column), descending: first.descending }, ...restKeys]
  if (!isNullable(view, first.key)) return [{ sources, keys }]
  const states = isUnsetFirst(view, first) ? ['is null', 'is not null'] : ['is not null', 'is null']
  return states.map((state) => ({
    sources: sources.map((source) => ({
      ...source,
      where: sql<SqlBool>`${source.where} and ${sql.raw(`${column} ${state}`)}`,
    })),
    keys,
  }))
}

/** Groups the sources by the value of a sort key, if it is the same in all rows of each source. */
function groupedByConstant(sources: readonly ListSource[], key: string): (readonly ListSource[])[] | undefined {
  const constantOf = ({ constants }: Source) => constants?.[key]
  if (sources.some((source) => constantOf(source) === undefined)) return undefined
  const groups = Map.groupBy(sources, (source) => constantOf(source) as string | number)
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group)
}

const isNullable = ({ resource }: ResourceView, key: string): boolean => resource.attributes[key]?.nullable ?? true

/** Unset values come last in either direction, unless they are the earliest. */
const isUnsetFirst = ({ resource }: ResourceView, { key, descending }: Listing['sort'][number]): boolean =>
  !descending && (resource.attributes[key]?.unsetIsEarliest ?? false)

function keysOf(view: ResourceView, sort: Listing['sort'][number]): readonly SortKey[] {
  const column = served(view.sorts, sort.key)
  const unset = { by: sql.raw(`${column} is null`), descending: isUnsetFirst(view, sort) }
  return [...(isNullable(view, sort.key) ? [unset] : []), { by: sql.raw(column), descending: sort.descending }]
}

const favoriteKey = (viewer: Viewer): SortKey => ({
  by: sql`case when exists (select 1 from favorites f where f.object_id = t.id and f.subject_id = ${viewer.id}) then 0 else 1 end`,
  descending: false,
})

/**
 * PostgreSQL can cancel a statement. On SQLite, a scan asks once in 256 rows whether it should go on. Other statements are
 * short: they read an index, of which a row takes less time than the question.
 */
const whereOf = (db: Db, { where, isScan = false }: ListSource): RawBuilder<SqlBool> =>
  isScan && kindOf(db) === 'sqlite'
    ? sql<SqlBool>`(random() & 255 or ${sql.raw(continueFunction)}()) and ${where}`
    : where

const sortName = (at: number) => sql.raw(`sort_${at}`)

const sortColumns = (keys: readonly SortKey[]) => ({
  named: sql.join(keys.map(({ by }, at) => sql`${by} as ${sortName(at)}`)),
  order: sql.join(keys.map(({ descending }, at) => sql`${sortName(at)} ${sql.raw(descending ? 'desc' : 'asc')}`)),
})

/** Reads `columns` of the rows after the first `offset`. */
export async function readSegment(
  db: Db,
  { sources, keys }: Segment,
  columns: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly AnyRecord[]> {
  if (sources.length === 0) return []
  const { named, order } = sortColumns(keys)
  // SQLite merges sources in their order. PostgreSQL does so only if each of them is ordered and limited.
  const isBounded = sources.length > 1 && kindOf(db) === 'postgres'
  const selects = sources.map((source) => {
    const select = sql`select ${sql.raw(columns)}, ${named} from ${source.from} where ${whereOf(db, source)}`
    return isBounded ? sql`(${select} order by ${order} limit ${offset + limit})` : select
  })
  const { rows } = await sql<AnyRecord>`
    ${sql.join(selects, sql` union all `)} order by ${order} limit ${limit} offset ${offset}`.execute(db)
  return rows
}

interface Search {
  readonly text: string
  /** The number of rows that are read, the first in the order of the segment. */
  readonly scanned: number
  /** The maximum number of IDs. */
  readonly limit: number
}

/** Reads IDs of rows that an index finds by the whole text. */
export const findExactly = (db: Db, view: ResourceView, segment: Segment, { text, limit }: Search) =>
  readUnion(db, segment, limit, (source, { named }) => lookupsOf(source, view.lookups?.exact(text), named, limit))

/** Reads IDs of rows that contain the text: of all among the first rows, and of others that an index finds. */
export function findAmongFirst(db: Db, view: ResourceView, segment: Segment, { text, scanned, limit }: Search) {
  const names = sql.join(segment.keys.map((_, at) => sortName(at)))
  const lookups = [...(view.lookups?.exact(text) ?? []), ...(view.lookups?.beginning?.(text) ?? [])]
  return readUnion(db, segment, limit, (source, { named, order }) => [
    sql`select t.id as id, ${names} from (select t.*, ${named} from ${source.from} where ${source.where} order by ${order} limit ${scanned}) t
      where ${whereOf(db, { ...source, where: searchSql(view, text), isScan: true })}`,
    ...lookupsOf(source, lookups, named, limit),
  ])
}

/** Not sorted: the databases would read an index in that order instead, and find the rows late. */
const lookupsOf = (
  { from, where }: ListSource,
  lookups: readonly Lookup[] | undefined = [],
  named: RawBuilder<unknown>,
  limit: number,
) =>
  lookups.map((lookup) => {
    // SQLite keeps the order of a cross join.
    const first = sql.raw(lookup.from ? `${lookup.from} cross join ` : '')
    return sql`select t.id as id, ${named} from ${first}${from} where ${where} and ${lookup.where} limit ${limit}`
  })

type SelectsOf = (source: ListSource, sort: ReturnType<typeof sortColumns>) => readonly RawBuilder<unknown>[]

/** A row may be in several of the selects. */
async function readUnion(
  db: Db,
  { sources, keys }: Segment,
  limit: number,
  selectsOf: SelectsOf,
): Promise<readonly AnyRecord[]> {
  const sort = sortColumns(keys)
  const selects = sources
    .flatMap((source) => selectsOf(source, sort))
    .map((select) => sql`select * from (${select}) found`)
  if (selects.length === 0) return []
  const { rows } = await sql<AnyRecord>`
    ${sql.join(selects, sql` union `)} order by ${sort.order} limit ${limit}`.execute(db)
  return rows
}

/** Counts rows, but not more than `most`. */
export async function countRows(db: Db, sources: readonly ListSource[], most: number): Promise<number> {
  if (sources.length === 0) return 0
  const selects = sources.map((source) => sql`select 1 as one from ${source.from} where ${whereOf(db, source)}`)
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (${sql.join(selects, sql` union all `)} limit ${most}) counted`.execute(db)
  return Number(rows[0]?.total ?? 0)
}

/** Requests can use declared names only, and each declared name has SQL. */
function served<T>(by: { readonly [name: string]: T }, name: string): T {
  const found = Object.hasOwn(by, name) ? by[name] : undefined
  if (found === undefined) throw new Error(`The view has no SQL for '${name}'.`)
  return found
}

function searchSql(view: ResourceView, text: string): RawBuilder<SqlBool> {
  const any = view.search.map((by) => (typeof by === 'string' ? contains(sql.raw(by), text) : by(text)))
  return any.length > 0 ? sql<SqlBool>`coalesce(${sql.join(any, sql` or `)}, false)` : sql<SqlBool>`1 = 0`
}

/** Up to this number of accounts, each is a source, so that the index of an account keeps its order. */
const accountSourcesMax = 8

function reachSources(view: ResourceView, reading: Reading, reach: Reach, viewer: Viewer): readonly Source[] {
  if (typeof view.scope === 'function') {
    const scope = view.scope(reach, viewer, reading)
    return Array.isArray(scope) ? scope : [{ where: scope as RawBuilder<SqlBool> }]
  }
  const { account, environment, workspace } = view.scope
  const accounts = accountsNamed(reach.accounts, reading.listing)
  const narrower = [...anyOf(environment, reach.environments), ...anyOf(workspace, reach.workspaces)]
  const isMerged = account && narrower.length === 0 && !view.shared && accounts.length <= accountSourcesMax
  if (isMerged) return accounts.map((id) => ({ where: sql<SqlBool>`${sql.raw(account)} = ${id}` }))
  const scopes = [
    ...anyOf(account, accounts),
    ...narrower,
    ...(view.shared && account ? [sql<SqlBool>`${sql.raw(account)} is null`] : []),
  ]
  return [{ where: scopes.length > 0 ? sql<SqlBool>`(${sql.join(scopes, sql` or `)})` : sql<SqlBool>`1 = 0` }]
}
