/** Query options for lists and records. Query keys start with the resource type, so that a change can invalidate all of it. */
import type { Callable, CallOptions, Found, Listed, Page } from '@mintmark/client'
import { Unreachable } from '@mintmark/client'
import { camel, type Resource } from '@mintmark/contract'
import { keepPreviousData, QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { all, call } from './server.ts'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Without a network, queries fail with an error instead of being paused.
      networkMode: 'always',
      staleTime: 5_000,
      retry: (failures, error) => error instanceof Unreachable && failures < 2,
    },
  },
})

export const pageQuery = <R extends Resource, K extends Listed<R>>(of: R, operation: K, request: CallOptions<R, K>) =>
  queryOptions({
    queryKey: [of.type, operation, 'page', request],
    queryFn: () => call(of, operation, request) as Promise<Page<R>>,
    placeholderData: keepPreviousData,
  })

export const allRecordsQuery = <R extends Resource, K extends Listed<R>>(
  of: R,
  operation: K,
  request: CallOptions<R, K> = {},
) => queryOptions({ queryKey: [of.type, operation, 'all', request], queryFn: () => all(of, operation, request) })

export const recordQuery = <R extends Resource, K extends Callable<R>>(
  of: R,
  operation: K,
  request: CallOptions<R, K> = {},
) => queryOptions({ queryKey: [of.type, operation, request], queryFn: () => call(of, operation, request) })

/** Derived by the server from other resources, so any change can affect them. */
const derived = ['findings', 'access-token-usages', 'leak-reports']

/** Invalidates all queries of these resources and of derived resources. */
export const invalidate = (...of: readonly Resource[]): Promise<unknown> =>
  Promise.all(
    [...of.map(({ type }) => type), ...derived].map((type) => queries.invalidateQueries({ queryKey: [type] })),
  )

const idsPerRequest = 100

/** The list operation to find records with. */
interface ListOperation<R extends Resource> {
  readonly operation: Listed<R>
  readonly path?: Readonly<Record<string, string>>
}

/** Returns the records with these IDs by ID, for lists that show the names of related records. */
export function useRecordsById<R extends Resource>(
  of: R,
  ids: readonly (string | null | undefined)[],
  among: ListOperation<R> = { operation: 'list' as Listed<R> },
): ReadonlyMap<string, Found<R>> {
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))].sort()
  const { data } = useQuery({
    queryKey: [of.type, among, 'ids', wanted],
    queryFn: async () => (await Promise.all(batchesOf(wanted).map((part) => withIds(of, part, among)))).flat(),
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  })
  return new Map(data?.map((record) => [record.id, record]))
}

const batchesOf = (ids: readonly string[]) =>
  Array.from({ length: Math.ceil(ids.length / idsPerRequest) }, (_, part) =>
    ids.slice(part * idsPerRequest, (part + 1) * idsPerRequest),
  )

const withIds = <R extends Resource>(
  of: R,
  ids: readonly string[],
  { operation, path }: ListOperation<R>,
): Promise<Found<R>[]> =>
  all(of, operation, { path, filters: { [camel(of.param)]: `in:${ids.join(',')}` } } as CallOptions<R, Listed<R>>)
