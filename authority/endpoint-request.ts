/** What the handler of an endpoint receives and returns: types only. */
import type {
  EndpointBody,
  EndpointDeclaration,
  EndpointJson,
  EndpointName,
  EndpointOf,
  EndpointParams,
  EndpointQuery,
} from '@mintmark/contract'
import type { Secret } from '@mintmark/token'
import type { Actor, Context } from './context.ts'

export interface EndpointRequest<E extends EndpointDeclaration = EndpointDeclaration, C = unknown> {
  /** Who calls: by the declared kind of caller, `TokenCaller`, `SessionCaller` or `Visitor`. */
  readonly caller: C
  readonly body: E['body'] extends { readonly as: 'unchecked' } ? ReceivedBody : EndpointBody<E>
  readonly query: EndpointQuery<E>
  readonly params: EndpointParams<E>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly request: Context['request']
  /** What the browser says it is. */
  readonly client: string
  /** The cookie of a browser in which somebody signed in before. */
  readonly knownBrowser: string | null
  /** The origin by which clients reach this server. Throws `malformed-request` if the `Host` is none. */
  origin(): string
  /** The origin for links that people open. */
  linkOrigin(): string
  /** The site as the browser sees it. */
  site(): { readonly name: string; readonly origins: string[] }
}

/** A body that the handler reads itself. Nothing is parsed before it asks. */
export interface ReceivedBody {
  readonly bytes: Uint8Array
  /** The `Content-Type` header. */
  readonly mediaType: string
  /** Undefined without a body. Throws `unsupported-media-type` or `malformed-json`. */
  json(): unknown
  /** The same whatever the `Content-Type`. */
  anyJson(): unknown
  /** A member of an `application/x-www-form-urlencoded` body; null if there is none. */
  formMember(name: string): string | null
}

export interface TokenCaller {
  readonly context: Context
  /** The accounts in which the caller holds the declared permission, if it is one on accounts. */
  readonly accounts: readonly string[]
}

export interface Visitor<Session> {
  /** The session of the cookie, for endpoints that anyone may call. */
  findSession(): Promise<Session | undefined>
}

export interface SessionCaller<Person, Session> {
  readonly person: Person
  readonly session: Session
  /** Throws `sign-in-unfinished` until the person has set a credential. */
  actor(): Promise<Actor>
}

export interface EndpointResult<Status extends PropertyKey = number, Json = unknown> {
  /** The lowest of the declared answers unless it is given. */
  readonly status?: Status
  readonly json?: Json
  /** A secret in the JSON: it is sent as bytes that are wiped afterwards. */
  readonly secret?: { readonly member: string; readonly value: Secret }
  readonly text?: string | AsyncIterable<string>
  /** Of the text. */
  readonly mediaType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly location?: string
  readonly cookies?: {
    /** Null clears the cookie. */
    readonly session: Secret | null
    readonly knownBrowser?: string
  }
}

export type ResultOf<N extends EndpointName> = EndpointResult<
  keyof EndpointOf<N>['answers'],
  EndpointJson<EndpointOf<N>>
>

/** From a program with a token, or a console session in its place. */
export type TokenRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>, TokenCaller>

/** From anyone, or from a caller that the declaration admits in another way. */
export type OpenRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>>

/** Counts attempts by network address or name. */
export interface AttemptCounter {
  /** The seconds to wait if there were too many, otherwise 0. */
  strike(of: string, weight?: number): number
}
