/** A client for one server with one token. The token is only held in a closure, so that logging the client does not reveal it. */
import {
  basePath,
  kebab,
  limits,
  type Operation,
  operationsOf,
  type Resource,
  resourceByType,
  snake,
} from '@mintmark/contract'
import { callEndpoint, readEndpoint } from './call-endpoint.ts'
import type { Callable, CallOptions, CallResult, Found, Listed, Page } from './calls.ts'
import { bodyValuesOf, documentOf, recordOf } from './documents.ts'
import type { Refused } from './refused.ts'
import {
  type ApiRequest,
  type ApiResponse,
  createExchange,
  createSender,
  jsonApi,
  notMintmark,
  parseAddress,
  refusedBy,
  type Server,
} from './send.ts'

/** Calls to the operations of resources. */
export interface Calls {
  readonly address: string
  /** Calls a declared operation. Throws `Refused` or `Unreachable`. */
  call<R extends Resource, K extends Callable<R>>(
    of: R,
    operation: K,
    options?: CallOptions<R, K>,
  ): Promise<CallResult<R, K>>
  /** Returns all records of a list by reading all pages. */
  all<R extends Resource, K extends Listed<R>>(of: R, operation: K, options?: CallOptions<R, K>): Promise<Found<R>[]>
}

export interface Client extends Calls {
  /** Introspects the client's token (RFC 7662). */
  introspectSelf(): Promise<Introspection>
  /** Returns the fingerprint file of all tokens that the client's token can read, up to 25 MB of text. */
  fingerprints(): Promise<string>
  /** Sends any request to the server, and returns the response whatever its status. Throws `Unreachable`. */
  request(request: Omit<ApiRequest, 'responseType'>): Promise<ApiResponse>
  /** The error of a response of `request` that is not a success. */
  refusedBy(response: ApiResponse): Refused
}

export interface Introspection {
  readonly active: boolean
  readonly ownerId: string | null
  /** `user`, `service-account` or `agent-pool`. */
  readonly ownerType: string | null
  readonly username: string | null
  readonly tokenId: string | null
}

/** Fingerprints of a million tokens take several seconds to generate and transfer. */
const longTimeouts = { responseTimeoutMilliseconds: 60_000, totalTimeoutMilliseconds: 300_000 }

/** Creates a client. Throws a `TypeError` for an invalid address or token. Sends no request. */
export function connect(options: Server & { readonly token: string }): Client {
  const address = parseAddress(options)
  const send = createSender(address, options)

  const introspectSelf = async (): Promise<Introspection> => {
    const response = await callEndpoint(send, 'introspect', { body: { token: options.token } })
    const text = (value: unknown) => (typeof value === 'string' ? value : null)
    return {
      active: response?.active === true,
      ownerId: text(response?.sub),
      ownerType: text(response?.owner_type),
      username: text(response?.username),
      tokenId: text(response?.jti),
    }
  }

  const sendWithLongTimeouts = createSender(address, { ...longTimeouts, ...options })
  const fingerprints = () => readEndpoint(sendWithLongTimeouts, 'getFingerprints')

  const request = createExchange(address, { ...longTimeouts, ...options })
  return {
    ...createCalls(send, address),
    introspectSelf,
    fingerprints,
    request,
    refusedBy: (response) => refusedBy(response, options.token),
  }
}

/**
 * Creates a client for the server's own pages. The browser adds the session cookie. Pages of other origins cannot send the
 * header without permission, which prevents CSRF. There is no token that could leak, so plain http is allowed.
 */
export function connectSession(options: Pick<Server, 'address' | 'fetch'>): Calls {
  const server = { ...options, insecureHttp: true, headers: sessionHeaders }
  const address = parseAddress(server)
  return createCalls(createSender(address, server), address)
}

export const sessionHeaders = { 'x-mintmark-console': '1' } as const

function createCalls(send: ReturnType<typeof createSender>, address: string): Calls {
  const call = async (of: Resource, name: string, options: CallOptions<Resource, string> = {}) => {
    const operation = operationNamed(of, name)
    const response = await send({
      method: operation.method,
      path: basePath + pathOf(operation, options.path ?? {}) + queryOf(options),
      type: jsonApi,
      body: bodyOf(operation, options),
      headers: options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey },
    })
    if (options.onIncluded) readIncluded(response, options.onIncluded)
    return readResponse(operation, response, address)
  }

  const all = async (of: Resource, name: string, options: CallOptions<Resource, string> = {}) => {
    const records: Found[] = []
    let number: number | null = 1
    while (number !== null) {
      const page = (await call(of, name, { ...options, page: { number, size: limits.pageSizeMax } })) as Page<Resource>
      records.push(...page.records)
      // Stops if a server returns pages endlessly.
      number = page.nextPage === number + 1 ? page.nextPage : null
    }
    return records
  }

  return { address, call, all } as Calls
}

function operationNamed(of: Resource, name: string): Operation {
  const operation = operationsOf(of).find((each) => each.name === name)
  if (!operation) throw new TypeError(`${of.type} has no operation ${name}`)
  return operation
}

function pathOf({ id, path }: Operation, given: Readonly<Record<string, string>>): string {
  const ids = new Map(Object.entries(given).map(([name, value]) => [snake(name), value]))
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ids.get(name)
    // A segment of dots would change the path.
    if (value === undefined || /^\.{0,2}$/.test(value)) throw new TypeError(`${id}: expected an ID for ${name}`)
    return encodeURIComponent(value)
  })
}

function queryOf({
  filters = {},
  search,
  sort = [],
  parameters = {},
  page,
  include = [],
}: CallOptions<Resource, string>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) query.set(`filter[${kebab(name)}]`, value as string)
  if (search) query.set('query', search)
  for (const [name, value] of Object.entries(parameters)) query.set(name, value as string)
  if (sort.length > 0) query.set('sort', sort.map(kebab).join(','))
  if (include.length > 0) query.set('include', include.map(kebab).join(','))
  if (page) query.set('page[number]', String(page.number))
  if (page) query.set('page[size]', String(page.size))
  return query.size > 0 ? `?${query}` : ''
}

function bodyOf(
  { kind, resource, inputDocument, body }: Operation,
  { input }: CallOptions<Resource, string>,
): string | undefined {
  if (input === undefined) return undefined
  if (kind !== 'action') return JSON.stringify(documentOf(resource, input))
  if (inputDocument) return JSON.stringify(documentOf(inputDocument, input))
  return body ? JSON.stringify(bodyValuesOf(body, input)) : undefined
}

/** Records of unknown types are ignored, as a newer server can have more. */
function readIncluded(response: unknown, onIncluded: (type: string, record: Found) => void): void {
  const { included } = (response ?? {}) as { included?: unknown }
  for (const each of Array.isArray(included) ? included : []) {
    const resource = resourceByType.get(String(each?.type))
    const record = resource && recordOf(resource, each)
    if (record) onIncluded(resource.type, record)
  }
}

function readResponse({ kind, status, returns, resource }: Operation, response: unknown, address: string): unknown {
  if (status === 204) return undefined
  const { data, meta } = (response ?? {}) as {
    data?: unknown
    meta?: { pagination?: Record<string, unknown>; search?: Record<string, unknown> }
  }
  const of = typeof returns === 'object' ? (resourceByType.get(returns.type) ?? resource) : resource
  const record = (given: unknown) => {
    const found = recordOf(of, given)
    if (!found) throw notMintmark(address)
    return found
  }
  if (kind !== 'list') return record(data)
  if (!Array.isArray(data)) throw notMintmark(address)
  const { 'total-count': total, 'next-page': next } = meta?.pagination ?? {}
  return {
    records: data.map(record),
    totalCount: typeof total === 'number' ? total : data.length,
    nextPage: typeof next === 'number' ? next : null,
    isCutOff: meta?.search?.['is-complete'] === false,
  }
}
