/** How lists and records are asked for and named in the cache: first the type, so that a deed refreshes all of it. */
import type { Asked, Callable, Found, Listed, Page } from '@mintmark/client'
import { Unreachable } from '@mintmark/client'
import { camel, type Resource } from '@mintmark/contract'
import { keepPreviousData, QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { all, call } from './server.ts'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Without a network they fail and say so, rather than wait in silence.
      networkMode: 'always',
      staleTime: 5_000,
      retry: (failures, error) => error instanceof Unreachable && failures < 2,
    },
  },
})

export const pageOf = <R extends Resource, K extends Listed<R>>(of: R, operation: K, asked: Asked<R, K>) =>
  queryOptions({
    queryKey: [of.type, operation, 'page', asked],
    queryFn: () => call(of, operation, asked) as Promise<Page<R>>,
    placeholderData: keepPreviousData,
  })

export const everyOf = <R extends Resource, K extends Listed<R>>(of: R, operation: K, asked: Asked<R, K> = {}) =>
  queryOptions({ queryKey: [of.type, operation, 'all', asked], queryFn: () => all(of, operation, asked) })

export const oneOf = <R extends Resource, K extends Callable<R>>(of: R, operation: K, asked: Asked<R, K> = {}) =>
  queryOptions({ queryKey: [of.type, operation, asked], queryFn: () => call(of, operation, asked) })

/** Found by the server in all the others, so any deed may change them. */
const derived = ['findings', 'access-token-usages', 'leak-reports']

/** After a deed: everything of these types is asked for anew, and what follows from them. */
export const refresh = (...of: readonly Resource[]): Promise<unknown> =>
  Promise.all(
    [...of.map(({ type }) => type), ...derived].map((type) => queries.invalidateQueries({ queryKey: [type] })),
  )

const idsAtOnce = 100

/** The list they are looked for in. */
interface Among<R extends Resource> {
  readonly operation: Listed<R>
  readonly path?: Readonly<Record<string, string>>
}

/** The records with these ids, by id, for lists that show names where the answer has ids. */
export function useByIds<R extends Resource>(
  of: R,
  ids: readonly (string | null | undefined)[],
  among: Among<R> = { operation: 'list' as Listed<R> },
): ReadonlyMap<string, Found<R>> {
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))].sort()
  const { data } = useQuery({
    queryKey: [of.type, among, 'ids', wanted],
    queryFn: async () => (await Promise.all(partsOf(wanted).map((part) => withIds(of, part, among)))).flat(),
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  })
  return new Map(data?.map((record) => [record.id, record]))
}

const partsOf = (ids: readonly string[]) =>
  Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, part) =>
    ids.slice(part * idsAtOnce, (part + 1) * idsAtOnce),
  )

const withIds = <R extends Resource>(
  of: R,
  ids: readonly string[],
  { operation, path }: Among<R>,
): Promise<Found<R>[]> =>
  all(of, operation, { path, filters: { [camel(of.param)]: `in:${ids.join(',')}` } } as Asked<R, Listed<R>>)
