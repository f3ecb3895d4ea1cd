/**
 * Declarations of endpoints, as plain data. An endpoint is anything that clients can call except the operations of
 * resources. Routes, validation, OpenAPI, the reference, the typed client and the refusal tests are derived from them.
 */
import { type Attribute, type JsonSchema, object, type ValueOf, valueSchema } from './attributes.ts'
import type { limits } from './limits.ts'
import { kebab } from './naming.ts'
import type { Attributes, StepUp } from './resource.ts'

/**
 * How callers authenticate. `token`: an access token or a console session; `session`: only a console session; `client`: a
 * secret that the operator configured; `signature`: a signature over the body; `anyone`: not at all.
 */
export type Caller = 'token' | 'session' | 'client' | 'signature' | 'anyone'

/**
 * `jsonapi`: errors are JSON:API documents. `oauth`: errors can also be OAuth errors (RFC 6749 section 5.2). `status-only`:
 * responses have no body.
 */
export type ErrorStyle = 'jsonapi' | 'oauth' | 'status-only'

/** What the user of a session must do before the session allows anything else. `reauthentication`: with their second factor. */
export const sessionNeeds = ['credential', 'new-password', 'second-factor', 'reauthentication'] as const
export type SessionNeeds = (typeof sessionNeeds)[number]

export type LimitName = keyof typeof limits

export interface CheckedBody<R extends Attributes = Attributes, O extends Attributes = Attributes> {
  readonly as: 'json' | 'form'
  readonly required: R
  readonly optional: O
}

/** The handler parses the body itself, because it accepts partly invalid input or responds in another protocol. */
export interface UncheckedBody {
  readonly as: 'unchecked'
  /** By media type. */
  readonly content: { readonly [mediaType: string]: JsonSchema }
}

export interface EndpointResponse<T = unknown> {
  readonly about: string
  /** By media type. */
  readonly content: { readonly [mediaType: string]: Attribute<T> }
  readonly headers?: { readonly [name: string]: string }
}

export interface EndpointDeclaration {
  /** The operation ID in token activity and the OpenAPI document. */
  readonly id: string
  readonly about: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** The resource type under which the OpenAPI document lists it. */
  readonly ofResource?: string
  readonly caller: Caller
  /** Rejects requests that were not sent by a page of the console. Implied by `session`. */
  readonly fromConsole?: boolean
  readonly stepUp?: StepUp
  /** Only for `session`: also callable while the session needs one of these. */
  readonly whileSessionNeeds?: readonly SessionNeeds[]
  /** If absent, every authenticated caller is authorized. */
  readonly permission?: string
  /**
   * The object on which the permission is required. `accounts`: at least one account of the caller, and the response only
   * covers these accounts. A type: the record in the path. `found`: an object that the handler loads.
   */
  readonly permissionOn?: 'accounts' | 'found' | { readonly type: string }
  readonly body?: CheckedBody | UncheckedBody
  /** Maximum size of an unauthenticated body. Default: `unauthenticatedBodyBytes`. */
  readonly bodyLimit?: LimitName
  /** Query parameters. All are optional. */
  readonly query?: Attributes
  /** Responses by status. The lowest status is the default. */
  readonly responses: { readonly [status: number]: EndpointResponse }
  /** Rate limits. Requests beyond any of them fail with 429. */
  readonly limits?: readonly LimitName[]
  readonly errorStyle?: ErrorStyle
}

export function endpoint<const E extends EndpointDeclaration>(declared: E): E {
  return declared
}

const none = {}
type None = typeof none

export function jsonBody<R extends Attributes, O extends Attributes = None>(
  required: R,
  optional: O = none as O,
): CheckedBody<R, O> {
  return { as: 'json', required: allRequired(required), optional }
}

/** A body in `application/x-www-form-urlencoded`. Names of members are used unchanged. */
export function formBody<R extends Attributes, O extends Attributes = None>(
  required: R,
  optional: O = none as O,
): CheckedBody<R, O> {
  return { as: 'form', required: allRequired(required), optional }
}

export const uncheckedBody = (content: UncheckedBody['content']): UncheckedBody => ({ as: 'unchecked', content })

const allRequired = <R extends Attributes>(members: R): R =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, { ...member, required: true }])) as R

export const isCheckedBody = (body: CheckedBody | UncheckedBody): body is CheckedBody => body.as !== 'unchecked'

/** Returns all members of a checked body by name. */
export const membersOf = ({ required, optional }: CheckedBody): Attributes => ({ ...required, ...optional })

/** A JSON object in a response, with members that are always set and members that can be absent. */
export function responseObject<A extends Attributes, S extends Attributes = None>(
  about: string,
  required: A,
  optional: S = none as S,
): Attribute<Values<A> & Partial<Values<S>>> {
  const members = { ...allRequired(required), ...optional }
  return object(members, { about }) as Attribute<Values<A> & Partial<Values<S>>>
}

export const jsonResponse = <T>(about: string, schema: Attribute<T>): EndpointResponse<T> => ({
  about,
  content: { 'application/json': schema },
})

/** A file or page. `mediaType` has no parameters. */
export const textResponse = (about: string, mediaType: string): EndpointResponse<never> => ({
  about,
  content: {
    [mediaType]: { schema: isParsed(mediaType) ? {} : { type: 'string' }, about } as unknown as Attribute<never>,
  },
})

/** Clients parse YAML, so its schema is not a string. */
const isParsed = (mediaType: string) => mediaType === 'application/yaml'

export const emptyResponse = (about = 'Success.'): EndpointResponse<never> => ({ about, content: {} })

export const redirectResponse = (about: string): EndpointResponse<never> => ({
  about,
  content: {},
  headers: { location: 'The URL to continue at.' },
})

/** Returns the OpenAPI schema of a checked body. */
export function bodySchema(body: CheckedBody): JsonSchema {
  const names = Object.keys(body.required).map(kebab)
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(membersOf(body)).map(([name, member]) => [kebab(name), valueSchema(member)]),
    ),
    ...(names.length > 0 ? { required: names } : {}),
  }
}

export type Values<M extends Attributes> = { readonly [K in keyof M]: ValueOf<M[K]> }

/** The values of a checked body by name. Undefined if the endpoint has none. */
export type EndpointBody<E extends EndpointDeclaration> =
  E['body'] extends CheckedBody<infer R, infer O> ? Values<R> & Partial<Values<O>> : undefined

export type EndpointQuery<E extends EndpointDeclaration> = E['query'] extends Attributes
  ? Partial<Values<E['query']>>
  : Record<never, never>

type ParamsIn<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamsIn<Rest> : never

/** The path parameters by name. */
export type EndpointParams<E extends EndpointDeclaration> = { readonly [N in ParamsIn<E['path']>]: string }

/** The JSON of a response, with the names of the API. */
export type EndpointJson<E extends EndpointDeclaration> = {
  [S in keyof E['responses']]: E['responses'][S] extends EndpointResponse<infer T> ? Wire<T> : never
}[keyof E['responses']]

type Kebab<S extends string> = S extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${Kebab<Rest>}`
  : S

export type Wire<T> = T extends readonly (infer Each)[]
  ? readonly Wire<Each>[]
  : T extends object
    ? { readonly [K in keyof T as K extends string ? Kebab<K> : K]: Wire<T[K]> }
    : T
