/** Calls of declared endpoints: method, path, body and response follow from the declaration. */
import {
  type CheckedBody,
  type EndpointBody,
  type EndpointDeclaration,
  type EndpointJson,
  type EndpointName,
  type EndpointOf,
  type EndpointParams,
  type EndpointQuery,
  endpoints,
  isCheckedBody,
  kebab,
  membersOf,
} from '@mintmark/contract'
import { bodyValuesOf } from './documents.ts'
import type { ApiRequest, createSender } from './send.ts'

export interface EndpointCallOptions<E extends EndpointDeclaration> {
  readonly params?: EndpointParams<E>
  readonly query?: EndpointQuery<E>
  /** Values by name. For an unchecked body, the JSON as it is sent. */
  readonly body?: E['body'] extends CheckedBody ? EndpointBody<E> : object
}

/**
 * Calls one endpoint. Returns the response's JSON without validating it, or undefined if it has no body. Throws `Refused`
 * or `Unreachable`.
 */
export async function callEndpoint<N extends EndpointName>(
  send: ReturnType<typeof createSender>,
  name: N,
  options: EndpointCallOptions<EndpointOf<N>> = {},
): Promise<Partial<EndpointJson<EndpointOf<N>>> | undefined> {
  return (await send(requestOf(endpoints[name], options as UntypedCallOptions))) as
    | Partial<EndpointJson<EndpointOf<N>>>
    | undefined
}

/** Calls an endpoint that returns text. */
export async function readEndpoint(send: ReturnType<typeof createSender>, name: EndpointName): Promise<string> {
  return String((await send({ ...requestOf(endpoints[name], {}), responseType: 'text' })) ?? '')
}

interface UntypedCallOptions {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: Readonly<Record<string, unknown>>
}

function requestOf({ method, path, body }: EndpointDeclaration, options: UntypedCallOptions): ApiRequest {
  const query = new URLSearchParams(
    Object.entries(options.query ?? {}).map(([name, value]) => [kebab(name), String(value)]),
  )
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.params?.[name] ?? ''))
  return {
    method,
    path: query.size > 0 ? `${url}?${query}` : url,
    type: body && isCheckedBody(body) && body.as === 'form' ? formType : 'application/json',
    body: options.body === undefined ? undefined : encodeBody(body, options.body),
  }
}

const formType = 'application/x-www-form-urlencoded'

function encodeBody(body: EndpointDeclaration['body'], values: Readonly<Record<string, unknown>>): string {
  if (!body || !isCheckedBody(body)) return JSON.stringify(values)
  const plain = bodyValuesOf(membersOf(body), values)
  if (body.as === 'json') return JSON.stringify(plain)
  return new URLSearchParams(Object.entries(plain).map(([name, value]) => [name, String(value)])).toString()
}
