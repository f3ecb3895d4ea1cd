/**
 * The read model of a resource: how its records are listed, filtered, sorted, searched and limited to what the caller
 * may see. A view declares this as data, typed by its resource; `find-records.ts` generates the SQL.
 */
import { type Resource, snake } from '@mintmark/contract'
import type { RawBuilder, SqlBool } from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import type { Lookups } from './lookups.ts'
import type { ReadOrder } from './read-order.ts'
import type { AnyRecord, DeclaredFilterOf, FilterOf, RecordOf, SortOf } from './record-of.ts'

export interface Filter {
  readonly name: string
  readonly operator: 'in' | 'like'
  /** Null matches unset values. */
  readonly values: readonly (string | null)[]
}

export interface Listing {
  readonly filters: readonly Filter[]
  readonly search: string | null
  readonly sort: readonly { readonly key: string; readonly descending: boolean }[]
  readonly page: { readonly number: number; readonly size: number }
  readonly favoritesFirst: boolean
}

/** The IDs of the scopes that a list is limited to. `everything` if the parent in the path was checked instead. */
export interface Reach {
  readonly everything: boolean
  readonly accounts: readonly string[]
  readonly environments: readonly string[]
  readonly workspaces: readonly string[]
}

/** Which rows a list without search has. */
export interface ListedRows {
  readonly filters: readonly Filter[]
  readonly reach: Reach
}

/** The caller. Some attributes depend on the caller. */
export interface Viewer {
  readonly id: string
  readonly tokenId: string
  /** Whether the calling token is narrowed: then it does not get access to everything that its owner owns. */
  readonly narrowed: boolean
  readonly now: Date
  readonly may: (permission: string, scope: Path) => boolean
}

export interface Path {
  readonly account: string
  readonly environment?: string | null
  readonly workspace?: string | null
}

/**
 * A column as SQL, or a function that returns a condition; or several, of which a row meets at most one, so that each of
 * them can use an index.
 */
export type FilterBy =
  | string
  | { readonly flag: string }
  | ((filter: Filter, viewer: Viewer, reading: Reading) => RawBuilder<SqlBool> | RawBuilder<SqlBool>[])

export interface Reading {
  readonly listing: Listing
  /** Whether so many rows are in the list that sorting them takes long: an index should keep its order instead. */
  readonly isLong: boolean
  /** Whether batches of the table are read, for an export: then sources cannot have a `from`. */
  readonly isExport?: boolean
}

type SearchBy = string | ((text: string) => RawBuilder<SqlBool>)

/** Rows of a list that are read by a query of their own. A list is the union of its sources, which share no row. */
export interface Source {
  /** The SQL after `from`; that of the view by default. */
  readonly from?: RawBuilder<unknown>
  readonly where: RawBuilder<SqlBool>
  /** Sort keys that have the same value in all rows: sources with a smaller one precede the others. */
  readonly constants?: { readonly [sortKey: string]: string | number }
}

type Scope =
  | Partial<Record<'account' | 'environment' | 'workspace', string>>
  | ((reach: Reach, viewer: Viewer, reading: Reading) => RawBuilder<SqlBool> | readonly Source[])

/** An SQL expression that is selected; `T` is the type of its value. */
export interface Column<T> {
  readonly sql: string
  readonly value?: T
}

export const column = <T>(sql: string): Column<T> => ({ sql })

/** The table columns that a view reads. Its SQL refers to the table as `t`. */
export function columnsOf<T extends keyof Tables, N extends keyof Tables[T] & string>(
  _table: T,
  ...names: readonly N[]
): { readonly [K in N]: Column<Tables[T][K]> } {
  return Object.fromEntries(names.map((name) => [name, column(`t.${snake(name)}`)])) as {
    readonly [K in N]: Column<Tables[T][K]>
  }
}

export type Columns = { readonly [name: string]: Column<unknown> }

/** The values that the database returns for these columns. */
export type RowOf<C extends Columns> = { readonly id: string } & {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never
}

/** SQL for exactly the declared names. */
type SqlFor<Name extends string, By> = [Name] extends [never]
  ? { readonly [name: string]: never }
  : { readonly [K in Name]: By }

export interface ViewDeclaration<R extends Resource, C extends Columns, Rec extends RecordOf<R>> {
  /** The SQL after `from`. The table must be called `t`. */
  readonly from: string
  readonly columns: C
  readonly filters: SqlFor<FilterOf<R>, FilterBy>
  /** Filters that requests cannot use: the server adds them, such as "the caller's own". */
  readonly internalFilters?: { readonly [name: string]: FilterBy }
  /** Columns, or functions that return a condition for a text. */
  readonly search: readonly SearchBy[]
  readonly lookups?: Lookups
  readonly sorts: SqlFor<SortOf<R>, string>
  /** The order of lists without a sort parameter; none by default. */
  readonly defaultSort?: readonly { readonly key: SortOf<R>; readonly descending: boolean }[]
  /** The order of rows with equal sort keys; `t.created_at` and `t.id` by default. */
  readonly order?: readonly string[]
  /** The order in which whole lists are read, which an index has within each account; `t.id` by default. */
  readonly readOrder?: ReadOrder
  /** Up to this number, rows are counted: `limits.countedRows` by default. */
  readonly countedMax?: number
  /** The columns with the scopes of a row, a condition, or sources. */
  readonly scope: Scope
  /** A condition that rows must meet to exist at all, for every caller. */
  readonly listed?: string
  /** Rows without an account can be read by every caller who may read the type. */
  readonly shared?: boolean
  /** Converts rows to records: flags, JSON columns, members of to-many relationships. */
  complete(db: Db, rows: readonly RowOf<C>[], viewer: Viewer): Promise<readonly Rec[]> | readonly Rec[]
  /** The scopes of a record. Reading requires the permission in one of them, changing it requires the permission in each. */
  paths(record: NoInfer<Rec>): readonly Path[]
  /** The scopes from which a record can be read, if there are more than those from which it can be changed. */
  seenFrom?(record: NoInfer<Rec>): readonly Path[]
  /** Selects the permission if a declaration has one for each aspect. */
  aspect?(record: NoInfer<Rec>): string
  /**
   * Whether the record is the caller's own: `all` can always be read and changed, such as the calling token; `read` can
   * only be read.
   */
  own?(record: NoInfer<Rec>, viewer: Viewer): 'all' | 'read' | undefined
}

/** A view without its static types, for code that serves all resources. */
export interface ResourceView<R extends Resource = Resource, Rec extends { readonly id: string } = AnyRecord> {
  readonly resource: R
  /** Built-in records, which are not read from the database. */
  readonly fixed?: ReadonlyMap<string, Rec>
  readonly from: string
  /** The SQL between `select` and `from`. */
  readonly select: string
  readonly filters: { readonly [name: string]: FilterBy }
  readonly search: readonly SearchBy[]
  readonly lookups?: Lookups
  readonly sorts: { readonly [key: string]: string }
  readonly defaultSort?: Listing['sort']
  readonly order?: readonly string[]
  readonly readOrder?: ReadOrder
  readonly countedMax?: number
  readonly scope: Scope
  readonly listed?: string
  readonly shared?: boolean
  complete(db: Db, rows: readonly AnyRecord[], viewer: Viewer): Promise<readonly Rec[]> | readonly Rec[]
  paths(record: Rec): readonly Path[]
  seenFrom?(record: Rec): readonly Path[]
  aspect?(record: Rec): string
  own?(record: Rec, viewer: Viewer): 'all' | 'read' | undefined
}

/** The records of a view. */
export type RecordIn<V> = V extends ResourceView<Resource, infer Rec> ? Rec : never

/**
 * The view of a resource. It compiles only if it serves every declared filter, sort key, attribute and relationship,
 * and has no SQL for undeclared filters and sort keys.
 */
export function resourceView<R extends Resource, C extends Columns, Rec extends RecordOf<R>>(
  resource: R,
  { columns, filters, internalFilters, complete, ...rest }: ViewDeclaration<R, C, Rec>,
): ResourceView<R, Rec> {
  const select = Object.entries(columns)
    .map(([name, { sql }]) => `${sql} as "${snake(name)}"`)
    .join(', ')
  return {
    ...rest,
    resource,
    select,
    filters: { ...filters, ...internalFilters },
    // The selected columns have the names and types of the table's columns.
    complete: complete as ResourceView<R, Rec>['complete'],
  }
}

/** A view of built-in records, such as the permission catalogue. It cannot filter or sort. */
export function fixedView<R extends Resource, Rec extends RecordOf<R>>(
  resource: [DeclaredFilterOf<R> | SortOf<R>] extends [never] ? R : never,
  records: readonly Rec[],
): ResourceView<R, Rec> {
  const fixed = new Map(records.map((record) => [record.id, record]))
  return {
    resource,
    fixed,
    from: '',
    select: '',
    filters: {},
    search: [],
    sorts: {},
    scope: {},
    complete: () => [],
    paths: () => [],
  }
}

/** Converts columns that contain 0 or 1 to booleans. */
export function booleanColumns<N extends string>(
  row: { readonly [K in N]: number },
  ...names: readonly N[]
): { readonly [K in N]: boolean } {
  return Object.fromEntries(names.map((name) => [name, row[name] === 1])) as { readonly [K in N]: boolean }
}

/** Returns the account, environment and workspace of a row as a path. */
export const pathOf = (row: {
  readonly accountId: string
  readonly environmentId?: string | null
  readonly workspaceId?: string | null
}): Path => ({
  account: row.accountId,
  environment: row.environmentId ?? null,
  workspace: row.workspaceId ?? null,
})
