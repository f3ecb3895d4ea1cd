/** The search for one kind of object as a query. */
import type { CallOptions, Found, Listed, Page } from '@mintmark/client'
import { limits, type Resource } from '@mintmark/contract'
import { type Icon, SearchIcon } from '@primer/octicons-react'
import { queryOptions } from '@tanstack/react-query'
import { formatCount } from '../parts/time.tsx'
import { pageQuery } from '../queries.ts'
import type { Command } from './commands.ts'

const resultsPerKind = 5

/** The query of one kind. Its data are the commands that open its results. */
export type Search = ReturnType<typeof searchFor>

export type Target = string | { readonly to: string; readonly search: Readonly<Record<string, string>> }

export interface Kind<R extends Resource, K extends Listed<R>> {
  readonly of: R
  readonly operation: K
  readonly group: string
  readonly icon: Icon
  readonly filters: Readonly<Record<string, string>>
  readonly result: (record: Found<R>) => readonly [name: string | null | undefined, about: string | null, to: Target]
  /** The page that lists all results. */
  readonly listedOn?: string
}

export function searchFor<R extends Resource, K extends Listed<R>>(
  words: string,
  { of, operation, group, icon, filters, result, listedOn }: Kind<R, K>,
) {
  const request = { search: words, filters, page: { number: 1, size: resultsPerKind } } as CallOptions<R, K>
  const commandFor = (record: Found<R>): Command => {
    const [name, about, target] = result(record)
    const action = typeof target === 'string' ? { to: target } : target
    return { id: record.id, group, icon, name: name || record.id, ...(about && { description: about }), action }
  }
  return queryOptions({
    ...pageQuery(of, operation, request),
    select: ({ records, totalCount }: Page<R>): readonly Command[] => [
      ...records.map(commandFor),
      ...(listedOn && totalCount > records.length ? [allResults(group, listedOn, words, totalCount)] : []),
    ],
  })
}

export const allResults = (group: string, to: string, words: string, count: number | null): Command => ({
  id: `all-${to}`,
  group,
  icon: SearchIcon,
  name: count === null || count >= limits.countedMatches ? 'All results' : `All ${formatCount(count, 'result')}`,
  description: group,
  action: { to, search: { q: words } },
})

export interface Caller {
  readonly account: string
  readonly canRead: (resource: string) => boolean
  readonly canReadAllTokens: boolean
}

export interface Candidate {
  readonly prefix: string
  /** The resource whose read permission is required; null if none is. */
  readonly permission: string | null
  readonly search: Search
}
