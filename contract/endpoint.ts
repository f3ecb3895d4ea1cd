/**
 * What an endpoint is, as plain data: everything a client can call that is no operation of a resource. Routes, validation,
 * OpenAPI, the reference, the typed client and the refusal tests follow from it.
 */
import { type Attribute, type JsonSchema, object, type ValueOf, valueSchema } from './attributes.ts'
import type { limits } from './limits.ts'
import { kebab } from './naming.ts'
import type { Attributes, StepUp } from './resource.ts'

/**
 * Who may call: `token`, the holder of an access token, or a console session in its place; `session`, a console session
 * only; `client`, a program with a secret that the operator configured; `signature`, whoever signed the body; `anyone`.
 */
export type Caller = 'token' | 'session' | 'client' | 'signature' | 'anyone'

/** Errors are JSON:API documents; or also OAuth errors (RFC 6749 section 5.2); or the result is a status without body. */
export type ErrorStyle = 'jsonapi' | 'oauth' | 'status-only'

export type LimitName = keyof typeof limits

export interface CheckedBody<R extends Attributes = Attributes, O extends Attributes = Attributes> {
  readonly as: 'json' | 'form'
  readonly required: R
  readonly optional: O
}

/** Described by schemas, but read by the handler, which takes what is usable of it or answers in another protocol's way. */
export interface UncheckedBody {
  readonly as: 'unchecked'
  /** By media type. */
  readonly content: { readonly [mediaType: string]: JsonSchema }
}

export interface EndpointAnswer<T = unknown> {
  readonly about: string
  /** By media type. */
  readonly content: { readonly [mediaType: string]: Attribute<T> }
  readonly headers?: { readonly [name: string]: string }
}

export interface EndpointDeclaration {
  /** The operation id, as token activity and the OpenAPI document name it. */
  readonly id: string
  readonly about: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** The resource type that the document lists it under, if it is one of them. */
  readonly ofResource?: string
  readonly caller: Caller
  /** Rejects requests that were not sent by a page of the console. Always so for `session`. */
  readonly fromConsole?: boolean
  readonly stepUp?: StepUp
  /** Without it, any caller of the declared kind is allowed. */
  readonly permission?: string
  /**
   * What the permission is required for: at least one account of the caller, which receives only those; the record in the
   * path, by its resource type; or an object that the handler finds.
   */
  readonly permissionOn?: 'accounts' | 'found' | { readonly type: string }
  readonly body?: CheckedBody | UncheckedBody
  /** Most bytes of a body that are read before the caller is known. Without it, the limit for strangers. */
  readonly bytes?: LimitName
  /** All optional. */
  readonly query?: Attributes
  /** By status; the lowest one is what a handler returns unless it says otherwise. */
  readonly answers: { readonly [status: number]: EndpointAnswer }
  /** The rate limits that apply; past any of them the answer is 429. */
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

/** `application/x-www-form-urlencoded`, with the names of its members as they are spelled. */
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

/** Every member of a checked body, by name. */
export const membersOf = ({ required, optional }: CheckedBody): Attributes => ({ ...required, ...optional })

/** An object of an answer: members that are always there, and those that may be absent. */
export function shape<A extends Attributes, S extends Attributes = None>(
  about: string,
  always: A,
  sometimes: S = none as S,
): Attribute<Values<A> & Partial<Values<S>>> {
  const members = { ...allRequired(always), ...sometimes }
  return object(members, { about }) as Attribute<Values<A> & Partial<Values<S>>>
}

export const jsonAnswer = <T>(about: string, schema: Attribute<T>): EndpointAnswer<T> => ({
  about,
  content: { 'application/json': schema },
})

/** A file or page; `mediaType` without parameters. */
export const textAnswer = (about: string, mediaType: string): EndpointAnswer<never> => ({
  about,
  content: {
    [mediaType]: { schema: isParsed(mediaType) ? {} : { type: 'string' }, about } as unknown as Attribute<never>,
  },
})

/** Clients that parse it see a document rather than text. */
const isParsed = (mediaType: string) => mediaType === 'application/yaml'

export const emptyAnswer = (about = 'Done.'): EndpointAnswer<never> => ({ about, content: {} })

export const redirectAnswer = (about: string): EndpointAnswer<never> => ({
  about,
  content: {},
  headers: { location: 'Where to continue.' },
})

/** The OpenAPI schema of a checked body. */
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

/** The values of a checked body, by name; undefined for an endpoint without one. */
export type EndpointBody<E extends EndpointDeclaration> =
  E['body'] extends CheckedBody<infer R, infer O> ? Values<R> & Partial<Values<O>> : undefined

export type EndpointQuery<E extends EndpointDeclaration> = E['query'] extends Attributes
  ? Partial<Values<E['query']>>
  : Record<never, never>

type ParamsIn<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamsIn<Rest> : never

/** The parameters in the path, by name. */
export type EndpointParams<E extends EndpointDeclaration> = { readonly [N in ParamsIn<E['path']>]: string }

/** The JSON of an answer, spelled as on the wire. */
export type EndpointJson<E extends EndpointDeclaration> = {
  [S in keyof E['answers']]: E['answers'][S] extends EndpointAnswer<infer T> ? Wire<T> : never
}[keyof E['answers']]

type Kebab<S extends string> = S extends `${infer Head}${infer Rest}`
  ? `${Head extends Lowercase<Head> ? Head : `-${Lowercase<Head>}`}${Kebab<Rest>}`
  : S

export type Wire<T> = T extends readonly (infer Each)[]
  ? readonly Wire<Each>[]
  : T extends object
    ? { readonly [K in keyof T as K extends string ? Kebab<K> : K]: Wire<T[K]> }
    : T
