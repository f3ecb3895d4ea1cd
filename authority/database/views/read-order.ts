/** The order in which a whole list is read in batches. */
import { type RawBuilder, sql } from 'kysely'
import { accountsNamed, filterSql } from './filter-sql.ts'
import type { FilterBy, Reach, Reading, ResourceView, Viewer } from './resource-view.ts'

export interface ReadOrder {
  /** The column with the account. */
  readonly account: string
  readonly columns: readonly string[]
  /** Filters that limit the first of the columns. */
  readonly bounds: readonly string[]
}

/** The conditions of the parts that are read one after the other: the accounts, if an index has the order of each. */
export function partsOf(
  view: ResourceView,
  reading: Reading,
  reach: Reach,
  viewer: Viewer,
): readonly RawBuilder<unknown>[] {
  const { readOrder } = view
  if (!readOrder) return [sql`1 = 1`]
  const bounds = reading.listing.filters
    .filter(({ name }) => readOrder.bounds.includes(name))
    .flatMap((filter) => filterSql(view.filters[filter.name] as FilterBy, filter, viewer, reading))
  return accountsNamed(reach.accounts, reading.listing).map((id) =>
    sql.join([sql`${sql.raw(readOrder.account)} = ${id}`, ...bounds], sql` and `),
  )
}
