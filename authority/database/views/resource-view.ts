/**
 * The read model of a resource: how its records are listed, filtered, sorted, searched and limited to what the caller may
 * see. A view declares this as data and is typed by its resource; `find-records.ts` makes the SQL.
 */
import { type Resource, snake } from '@mintmark/contract'
import type { RawBuilder, SqlBool } from 'kysely'
import type { Db } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import type { AnyRecord, DeclaredFilterOf, FilterOf, RecordOf, SortOf } from './record-of.ts'

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

/** The scopes a list is limited to, by id. `everything` when the parent in the path was checked instead. */
export interface Reach {
  readonly everything: boolean
  readonly accounts: readonly string[]
  readonly environments: readonly string[]
  readonly workspaces: readonly string[]
}

/** The caller: some attributes depend on who reads them. */
export interface Viewer {
  readonly id: string
  readonly tokenId: string
  /** Whether the calling token is narrowed: then it does not act for everything that its owner owns. */
  readonly narrowed: boolean
  readonly now: Date
  readonly may: (permission: string, scope: Path) => boolean
}

export interface Path {
  readonly account: string
  readonly environment?: string | null
  readonly workspace?: string | null
}

/** A column as SQL, or a function that returns the condition. */
export type FilterBy = string | { readonly flag: string } | ((filter: Filter, viewer: Viewer) => RawBuilder<SqlBool>)

/** An SQL expression that is selected; `T` is the type of its value. */
export interface Column<T> {
  readonly sql: string
  readonly value?: T
}

export const column = <T>(sql: string): Column<T> => ({ sql })

/** The columns of a table that a view reads. In the SQL of a view the table is called `t`. */
export function columnsOf<T extends keyof Tables, N extends keyof Tables[T] & string>(
  _table: T,
  ...names: readonly N[]
): { readonly [K in N]: Column<Tables[T][K]> } {
  return Object.fromEntries(names.map((name) => [name, column(`t.${snake(name)}`)])) as {
    readonly [K in N]: Column<Tables[T][K]>
  }
}

export type Columns = { readonly [name: string]: Column<unknown> }

/** What the database returns for these columns. */
export type RowOf<C extends Columns> = { readonly id: string } & {
  readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never
}

/** SQL for exactly the declared names. */
type SqlFor<Name extends string, By> = [Name] extends [never]
  ? { readonly [name: string]: never }
  : { readonly [K in Name]: By }

export interface ViewDeclaration<R extends Resource, C extends Columns, Rec extends RecordOf<R>> {
  /** The SQL after `from`; the table itself is called `t`. */
  readonly from: string
  readonly columns: C
  readonly filters: SqlFor<FilterOf<R>, FilterBy>
  /** Filters that no request can name: the server adds them, such as "the caller's own". */
  readonly internalFilters?: { readonly [name: string]: FilterBy }
  readonly search: readonly string[]
  readonly sorts: SqlFor<SortOf<R>, string>
  /** The order where the sort keys leave one open: `t.created_at` unless set. */
  readonly order?: string
  /** Columns that name the scopes of a row; or a condition. */
  readonly scope:
    | Partial<Record<'account' | 'environment' | 'workspace', string>>
    | ((reach: Reach, viewer: Viewer, listing: Listing) => RawBuilder<SqlBool>)
  /** A condition of rows that exist at all: others are gone for everyone. */
  readonly listed?: string
  /** Rows without an account can be read by everyone who may read the type. */
  readonly shared?: boolean
  /** Turns rows into records: flags, JSON columns, members of to-many relations. */
  complete(db: Db, rows: readonly RowOf<C>[], viewer: Viewer): Promise<readonly Rec[]> | readonly Rec[]
  /** The scopes of a record. Several: to read it takes the permission in one of them, to change it in each. */
  paths(record: NoInfer<Rec>): readonly Path[]
  /** The scopes a record can be read from, if they are more than those it can be changed from. */
  seenFrom?(record: NoInfer<Rec>): readonly Path[]
  /** Picks the permission where a declaration names one for each aspect. */
  aspect?(record: NoInfer<Rec>): string
  /** What is the caller's own: `all` may always be read and changed, such as the calling token, `read` only read. */
  own?(record: NoInfer<Rec>, viewer: Viewer): 'all' | 'read' | undefined
}

/** A view as the code that serves all resources sees it. */
export interface ResourceView<R extends Resource = Resource, Rec extends { readonly id: string } = AnyRecord> {
  readonly resource: R
  /** Records that are part of the program: the database is not asked. */
  readonly fixed?: ReadonlyMap<string, Rec>
  readonly from: string
  /** The SQL between `select` and `from`. */
  readonly select: string
  readonly filters: { readonly [name: string]: FilterBy }
  readonly search: readonly string[]
  readonly sorts: { readonly [key: string]: string }
  readonly order?: string
  readonly scope: ViewDeclaration<Resource, Columns, AnyRecord>['scope']
  readonly listed?: string
  readonly shared?: boolean
  complete(db: Db, rows: readonly AnyRecord[], viewer: Viewer): Promise<readonly Rec[]> | readonly Rec[]
  paths(record: Rec): readonly Path[]
  seenFrom?(record: Rec): readonly Path[]
  aspect?(record: Rec): string
  own?(record: Rec, viewer: Viewer): 'all' | 'read' | undefined
}

/** The records that a view produces. */
export type RecordIn<V> = V extends ResourceView<Resource, infer Rec> ? Rec : never

/**
 * The view of a resource. A declared filter, sort, attribute or relation that it does not serve does not compile, and
 * neither does SQL for a filter or sort that no list declares.
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
    // The select list has the names and types of the columns.
    complete: complete as ResourceView<R, Rec>['complete'],
  }
}

/** The view of records that are part of the program, such as the permission catalogue. It cannot filter or sort. */
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

/** Columns that hold 0 or 1, as booleans. */
export function booleanColumns<N extends string>(
  row: { readonly [K in N]: number },
  ...names: readonly N[]
): { readonly [K in N]: boolean } {
  return Object.fromEntries(names.map((name) => [name, row[name] === 1])) as { readonly [K in N]: boolean }
}

/** The account, environment and workspace that a row names, as a path. */
export const pathOf = (row: {
  readonly accountId: string
  readonly environmentId?: string | null
  readonly workspaceId?: string | null
}): Path => ({
  account: row.accountId,
  environment: row.environmentId ?? null,
  workspace: row.workspaceId ?? null,
})
