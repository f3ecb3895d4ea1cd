/** The SQL of one filter, and of text search. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { fold, matchFunction, patternOf } from '../fold.ts'
import type { Filter, FilterBy, Listing, Reading, Viewer } from './resource-view.ts'

export function filterSql(
  by: FilterBy,
  filter: Filter,
  viewer: Viewer,
  reading: Reading,
): RawBuilder<SqlBool> | RawBuilder<SqlBool>[] {
  if (typeof by === 'function') return by(filter, viewer, reading)
  if (typeof by === 'string') return compare(sql.raw(by), filter)
  const values = filter.values.flatMap((value) => (value === 'true' ? [1] : value === 'false' ? [0] : []))
  return values.length > 0 ? sql<SqlBool>`${sql.raw(by.flag)} in (${sql.join(values)})` : sql<SqlBool>`1 = 0`
}

/** A filter by a boolean that has a condition for each value, so that an index can serve it. */
export const byFlag = (
  { values }: Filter,
  { isTrue, isFalse }: Readonly<Record<'isTrue' | 'isFalse', RawBuilder<SqlBool>>>,
): RawBuilder<SqlBool> => (values.length > 1 ? sql<SqlBool>`1 = 1` : values.includes('true') ? isTrue : isFalse)

export function compare(column: RawBuilder<unknown>, { operator, values }: Filter): RawBuilder<SqlBool> {
  if (operator === 'like') return contains(column, values[0] ?? '')
  const given = values.filter((value) => value !== null)
  const any = given.length > 0 ? sql<SqlBool>`${column} in (${sql.join(given)})` : sql<SqlBool>`1 = 0`
  return values.includes(null) ? sql<SqlBool>`(${column} is null or ${any})` : any
}

/**
 * Matches every character literally, including `%`, `_` and the backslash, and ignores case. Nearly all text is ASCII,
 * which both databases fold quickly themselves.
 */
export function contains(column: RawBuilder<unknown>, text: string): RawBuilder<SqlBool> {
  if (text === '') return sql<SqlBool>`${column} is not null`
  // `like` restarts at every character, which is 100 times slower for the worst texts.
  const inAscii = sql`replace(lower(${column}), ${fold(text)}, '') <> lower(${column})`
  const matches = sql`${sql.raw(matchFunction)}(${column}, ${patternOf(text)})`
  return sql<SqlBool>`case when octet_length(${column}) = length(${column}) then ${inAscii} else ${matches} end`
}

/** Matches texts that begin with this one, by an index, as long as the case is the same. */
export const startsWith = (column: string, text: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.raw(column)} >= ${text} and ${sql.raw(column)} < ${`${text}\u{10ffff}`}`

export const anyOf = (column: string | undefined, ids: readonly string[]): RawBuilder<SqlBool>[] =>
  column !== undefined && ids.length > 0 ? [sql<SqlBool>`${sql.raw(column)} in (${sql.join(ids)})`] : []

/** The accounts that the account filters of a list match. */
export const accountsNamed = (accounts: readonly string[], { filters }: Pick<Listing, 'filters'>): readonly string[] =>
  filters
    .filter(({ name }) => name === 'account')
    .reduce(
      (left, { operator, values }) =>
        left.filter((id) => (operator === 'like' ? fold(id).includes(fold(values[0] ?? '')) : values.includes(id))),
      accounts,
    )
