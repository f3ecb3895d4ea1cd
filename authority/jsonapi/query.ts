/** Parses the query of a request: pages, filters, search, sort, include, sparse fields. */
import {
  camel,
  filterDaysMax,
  filterKind,
  instantDetail,
  kebab,
  limits,
  type Operation,
  parseInstant,
  type Resource,
  resourceByType,
} from '@mintmark/contract'
import { Refusal } from '../context.ts'
import type { Filter, Listing } from '../database/views/resource-view.ts'
import { echoed } from '../echo.ts'

export interface Shape {
  /** Relationship paths in camel case, such as `['createdBy']` or `['environment', 'account']`. */
  readonly include: readonly (readonly string[])[]
  /** The members to return, by type. Types that are not listed return all members. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>
}

const refuse = (parameter: string, detail: string) => new Refusal('invalid-parameter', { detail, parameter })

export function readShape(query: URLSearchParams, of: Resource | undefined): Shape {
  const fields = new Map<string, ReadonlySet<string>>()
  for (const [name, value] of query) {
    const match = /^fields\[([a-z-]{1,64})\]$/.exec(name)
    if (match?.[1]) fields.set(match[1], new Set(split(value).map(camel)))
  }
  return { include: of ? readInclude(query.get('include'), of) : [], fields }
}

function readInclude(text: string | null, of: Resource): string[][] {
  const paths = split(text ?? '')
  if (paths.length > limits.includePaths) throw refuse('include', `Expected at most ${limits.includePaths} paths.`)
  return paths.map((path) => {
    const names = path.split('.').map(camel)
    if (names.length > limits.includeDepth)
      throw refuse('include', `Expected at most ${limits.includeDepth} steps in a path.`)
    let at: Resource | undefined = of
    for (const name of names) {
      const relation: Resource['relations'][string] | undefined =
        at && Object.hasOwn(at.relations, name) ? at.relations[name] : undefined
      if (!at || !relation || relation.writeOnly) {
        throw refuse(
          'include',
          `Unknown relationship '${echoed(kebab(name))}'. ${known('relationships', Object.keys(at?.relations ?? {}))}`,
        )
      }
      at = resourceByType.get(relation.to)
    }
    return names
  })
}

export function readListing(query: URLSearchParams, operation: Operation): Listing {
  return {
    filters: readFilters(query, operation),
    search: searched(query.get('query') || query.get('access_query')),
    sort: readSort(query.get('sort'), operation),
    page: {
      number: wholeNumber(query, 'page[number]', 1, limits.pageNumberMax),
      size: Math.min(
        wholeNumber(query, 'page[size]', limits.pageSizeDefault, Number.MAX_SAFE_INTEGER),
        limits.pageSizeMax,
      ),
    },
    favoritesFirst:
      query.get('sort[favorite-first]') === 'true' && operation.parameters?.['sort[favorite-first]'] !== undefined,
  }
}

/** The console and other programs show the end of a token after an ellipsis, and people copy it. */
const ellipsis = /^(?:…|\.{3})(?=.)/u

const searched = (text: string | null) =>
  text ? text.replace(ellipsis, '').replaceAll('\u0000', '\ufffd').slice(0, limits.searchCharacters) : null

function wholeNumber(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || value < 1 || value > max)
    throw refuse(name, `Expected a whole number from 1 to ${max}.`)
  return value
}

/** Parses `filter[name]=…`, and the older nested form `filter[role][name]=…`. */
function readFilters(query: URLSearchParams, operation: Operation): Filter[] {
  const allowed = operation.filters ?? []
  const filters: Filter[] = []
  for (const [key, value] of query) {
    const match = /^filter\[([A-Za-z_-]{1,64})\](?:\[([A-Za-z_-]{1,64})\])?$/.exec(key)
    if (!match) {
      if (key.startsWith('filter[')) throw refuse(echoed(key), 'Expected filter[name].')
      continue
    }
    const name = camel(match[2] ?? (match[1] as string))
    if (!allowed.includes(name)) throw refuse(echoed(key), `Unknown filter. ${known('filters', allowed)}`)
    if (filters.length >= limits.filters) throw refuse(echoed(key), `Expected at most ${limits.filters} filters.`)
    filters.push(readFilter(name, value, key))
  }
  return filters
}

function readFilter(name: string, value: string, key: string): Filter {
  if (filterKind(name) === 'instant') {
    const instant = parseInstant(value)
    if (instant === undefined) throw refuse(echoed(key), instantDetail)
    return { name, operator: 'in', values: [instant] }
  }
  if (filterKind(name) === 'boolean' && !/^(?:(?:in:)?(?:true|false)|in:true,false|in:false,true)$/.test(value))
    throw refuse(echoed(key), 'Expected true or false.')
  if (filterKind(name) === 'days') {
    const isValid = /^[1-9]\d{0,3}$/.test(value) && Number(value) <= filterDaysMax
    if (!isValid) throw refuse(echoed(key), `Expected a whole number of days from 1 to ${filterDaysMax}.`)
    return { name, operator: 'in', values: [value] }
  }
  // Stored text never contains NUL, and PostgreSQL rejects it: such a value matches nothing.
  if (value.includes('\u0000')) return { name, operator: 'in', values: [] }
  if (value.startsWith('like:')) return { name, operator: 'like', values: [value.slice(5)] }
  const values = value.startsWith('in:') ? value.slice(3).split(',') : [value]
  if (values.length > limits.filterValues) throw refuse(echoed(key), `Expected at most ${limits.filterValues} values.`)
  return { name, operator: 'in', values: filterKind(name) === 'boolean' ? values : withLiteral(values, value) }
}

/**
 * `null` matches unset values. Clients look up objects by name with a plain value, so an object whose name is `null` or
 * starts with `in:` is found by its name too.
 */
const withLiteral = (values: readonly string[], value: string): (string | null)[] => [
  ...new Set([
    ...values.map((each) => (each === 'null' ? null : each)),
    ...(values.includes('null') ? ['null'] : []),
    value,
  ]),
]

function readSort(text: string | null, operation: Operation): Listing['sort'] {
  const keys = split(text ?? '')
  if (keys.length > limits.sortKeys) throw refuse('sort', `Expected at most ${limits.sortKeys} keys.`)
  return keys.map((key) => {
    const descending = key.startsWith('-')
    const name = camel(descending ? key.slice(1) : key)
    const allowed = operation.sort ?? []
    if (!allowed.includes(name))
      throw refuse('sort', `Unknown sort key '${echoed(kebab(name))}'. ${known('keys', allowed)}`)
    return { key: name, descending }
  })
}

const known = (what: string, names: readonly string[]) =>
  names.length > 0 ? `Known ${what}: ${names.map(kebab).join(', ')}.` : `There are no ${what} here.`

const split = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
