/** Query options for lists and records. Query keys start with the resource type, so that a change can invalidate all of it. */
import type { Callable, CallOptions, Found, Listed, Page } from '@mintmark/client'
import { Unreachable } from '@mintmark/client'
import { camel, type OperationDeclaration, type Resource } from '@mintmark/contract'
import { mayAnywhere } from '@mintmark/token'
import { keepPreviousData, QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { all, call } from './server.ts'
import { rightsQuery } from './session/rights.ts'

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
    queryFn: () => call(of, operation, { ...request, onIncluded: remember }) as Promise<Page<R>>,
    placeholderData: keepPreviousData,
  })

export const allRecordsQuery = <R extends Resource, K extends Listed<R>>(
  of: R,
  operation: K,
  request: CallOptions<R, K> = {},
) =>
  queryOptions({
    queryKey: [of.type, operation, 'all', request],
    queryFn: () => all(of, operation, { ...request, onIncluded: remember }),
  })

export const recordQuery = <R extends Resource, K extends Callable<R>>(
  of: R,
  operation: K,
  request: CallOptions<R, K> = {},
) =>
  queryOptions({
    queryKey: [of.type, operation, request],
    queryFn: () => call(of, operation, { ...request, onIncluded: remember }),
  })

/** Derived by the server from other resources, so any change can affect them. */
const derived = ['findings', 'access-token-usages', 'leak-reports', 'service-account-summaries']

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

const byId = ({ type }: Resource | { type: string }, among: object, id: string) => [type, 'by ID', among, id]
const amongAll = { operation: 'list' }

/** Keeps a record that came with a list, so that it is not requested again for its name. */
const remember = (type: string, record: Found): void => {
  queries.setQueryData(byId({ type }, amongAll, record.id), record)
}

/**
 * Returns the records with these IDs by ID, for lists that show the names of related records. Records that components
 * ask for at the same time are requested together.
 */
export function useRecordsById<R extends Resource>(
  of: R,
  ids: readonly (string | null | undefined)[],
  among: ListOperation<R> = amongAll as ListOperation<R>,
): ReadonlyMap<string, Found<R>> {
  const wanted = [...new Set(ids.filter((id) => typeof id === 'string'))].sort()
  const states = () => wanted.map((id) => queries.getQueryState<Found<R> | null>(byId(of, among, id)))
  const { data } = useQuery({
    queryKey: [of.type, 'by ID', among, wanted],
    queryFn: () => Promise.all(wanted.map((id) => findTogether(of, among, id))),
    enabled: useIsListable(of, among) && wanted.length > 0,
    initialData: () => {
      const known = states().map((state) => state?.data)
      return known.includes(undefined) ? undefined : (known as Found<R>[])
    },
    initialDataUpdatedAt: () =>
      Math.min(...states().map((state) => (state && !state.isInvalidated ? state.dataUpdatedAt : 0))),
    placeholderData: keepPreviousData,
  })
  return new Map(data?.flatMap((record) => (record ? [[record.id, record as Found<R>] as const] : [])))
}

/** Whether the server will not refuse the list. Names that the user cannot read are not requested. */
function useIsListable<R extends Resource>({ operations }: R, { operation }: ListOperation<R>): boolean {
  const { data: rights } = useQuery({ ...rightsQuery, enabled: false })
  const { permission } = operations[operation] as OperationDeclaration
  return !rights || typeof permission !== 'string' || permission === 'signed-in' || mayAnywhere(rights, permission)
}

interface Waiting {
  readonly ids: Set<string>
  readonly found: Promise<ReadonlyMap<string, Found>>
}

const waiting = new Map<string, Waiting>()

/** Null if the caller cannot see the record. */
async function findTogether<R extends Resource>(of: R, among: ListOperation<R>, id: string): Promise<Found | null> {
  const key = JSON.stringify([of.type, among])
  const together = waiting.get(key) ?? startWaiting(of, among, key)
  together.ids.add(id)
  return (await together.found).get(id) ?? null
}

/** Waits until all components of this render have asked. */
function startWaiting<R extends Resource>(of: R, among: ListOperation<R>, key: string): Waiting {
  const ids = new Set<string>()
  const found = new Promise((resolve) => setTimeout(resolve)).then(async () => {
    waiting.delete(key)
    const parts = await Promise.all(batchesOf([...ids]).map((part) => withIds(of, part, among)))
    return new Map<string, Found>(parts.flat().map((record) => [record.id, record]))
  })
  const started = { ids, found }
  waiting.set(key, started)
  return started
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
