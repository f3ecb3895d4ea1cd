/** Calls of declared endpoints: method, path, body and answer follow from the declaration. */
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
import { plainOf } from './documents.ts'
import type { Sent, sender } from './send.ts'

export interface EndpointAsked<E extends EndpointDeclaration> {
  readonly params?: EndpointParams<E>
  readonly query?: EndpointQuery<E>
  /** The values by name; of a body that the server reads in its own way, the JSON as it is sent. */
  readonly body?: E['body'] extends CheckedBody ? EndpointBody<E> : object
}

/**
 * Calls one endpoint. Returns its JSON as the server sent it, which a caller should check where it matters; undefined for
 * an answer without body. Throws `Refused` or `Unreachable`.
 */
export async function callEndpoint<N extends EndpointName>(
  send: ReturnType<typeof sender>,
  name: N,
  asked: EndpointAsked<EndpointOf<N>> = {},
): Promise<Partial<EndpointJson<EndpointOf<N>>> | undefined> {
  return (await send(requestOf(endpoints[name], asked as Loose))) as Partial<EndpointJson<EndpointOf<N>>> | undefined
}

/** The same for an endpoint that answers with text. */
export async function readEndpoint(send: ReturnType<typeof sender>, name: EndpointName): Promise<string> {
  return String((await send({ ...requestOf(endpoints[name], {}), answers: 'text' })) ?? '')
}

interface Loose {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: Readonly<Record<string, unknown>>
}

function requestOf({ method, path, body }: EndpointDeclaration, asked: Loose): Sent {
  const query = new URLSearchParams(
    Object.entries(asked.query ?? {}).map(([name, value]) => [kebab(name), String(value)]),
  )
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asked.params?.[name] ?? ''))
  return {
    method,
    path: query.size > 0 ? `${url}?${query}` : url,
    type: body && isCheckedBody(body) && body.as === 'form' ? formType : 'application/json',
    body: asked.body === undefined ? undefined : written(body, asked.body),
  }
}

const formType = 'application/x-www-form-urlencoded'

function written(body: EndpointDeclaration['body'], values: Readonly<Record<string, unknown>>): string {
  if (!body || !isCheckedBody(body)) return JSON.stringify(values)
  const plain = plainOf(membersOf(body), values)
  if (body.as === 'json') return JSON.stringify(plain)
  return new URLSearchParams(Object.entries(plain).map(([name, value]) => [name, String(value)])).toString()
}
