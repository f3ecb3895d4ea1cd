/** The statements of lists, recorded without running them. */
import type { Operation } from '@mintmark/contract'
import {
  CamelCasePlugin,
  type CompiledQuery,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteQueryCompiler,
} from 'kysely'
import type { Database, Db } from '../../authority/database/database.ts'
import type { Tables } from '../../authority/database/schema/tables.ts'
import { findPage } from '../../authority/database/views/find-records.ts'
import type { Filter, Listing, Reach, ResourceView, Viewer } from '../../authority/database/views/resource-view.ts'

/** Counts more rows than any page needs, and finds none, so that every segment of a list is read. */
function recordingDb(kind: Database['kind'], recorded: CompiledQuery[]): Db {
  const nothing = async () => undefined
  const connection = {
    executeQuery: async <R>(query: CompiledQuery) => {
      recorded.push(query)
      return { rows: (/^\s*select count/.test(query.sql) ? [{ total: 1_000_000 }] : []) as R[] }
    },
    streamQuery: () => {
      throw new TypeError('Recorded statements do not support streaming.')
    },
  }
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => (kind === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
      createQueryCompiler: () => (kind === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
      createIntrospector: () => {
        throw new TypeError('Recorded statements do not support introspection.')
      },
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        releaseConnection: nothing,
        destroy: nothing,
      }),
    },
    plugins: [new CamelCasePlugin()],
  })
}

export interface ListRequest {
  /** What is asked for, such as `list_teams sort=-name`. */
  readonly name: string
  readonly view: ResourceView
  readonly listing: Listing
  readonly reach: Reach
}

const plain: Listing = { filters: [], search: null, sort: [], page: { number: 1, size: 20 }, favoritesFirst: false }

/** A list without parameters, with each sort key in both directions, and with each filter. */
export function requestsOf(
  { id, sort = [], filters = [] }: Operation,
  view: ResourceView,
  reach: Reach,
  {
    parent = [],
    valuesOf,
  }: { readonly parent?: readonly Filter[]; readonly valuesOf: (filter: string) => readonly string[] },
): ListRequest[] {
  const request = (name: string, listing: Partial<Listing>): ListRequest => ({
    name: `${id}${name}`,
    view,
    reach: parent.length > 0 ? { ...reach, everything: true } : reach,
    listing: { ...plain, ...listing, filters: [...(listing.filters ?? []), ...parent] },
  })
  return [
    request('', {}),
    ...sort.flatMap((key) => [
      request(` sort=${key}`, { sort: [{ key, descending: false }] }),
      request(` sort=-${key}`, { sort: [{ key, descending: true }] }),
    ]),
    ...filters.map((name) =>
      request(` filter=${name}`, { filters: [{ name, operator: 'in', values: valuesOf(name) }] }),
    ),
  ]
}

export async function statementsOf(
  kind: Database['kind'],
  { view, listing, reach }: ListRequest,
  viewer: Viewer,
): Promise<readonly CompiledQuery[]> {
  const recorded: CompiledQuery[] = []
  await findPage(recordingDb(kind, recorded), view, listing, reach, viewer)
  return recorded
}
