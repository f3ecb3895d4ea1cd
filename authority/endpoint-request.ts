/** The request and result types of endpoint handlers. */
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
  /** The caller, depending on the declared kind: `TokenCaller`, `SessionCaller` or `Visitor`. */
  readonly caller: C
  readonly body: E['body'] extends { readonly as: 'unchecked' } ? ReceivedBody : EndpointBody<E>
  readonly query: EndpointQuery<E>
  readonly params: EndpointParams<E>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly request: Context['request']
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal
  /** The `User-Agent` header, printable ASCII only. */
  readonly client: string
  /** The known-browser cookie, unverified. */
  readonly knownBrowser: string | null
  /** The origin by which clients reach this server. Throws `malformed-request` if the `Host` is none. */
  origin(): string
  /** The origin for links that people open. */
  linkOrigin(): string
  /** The site as the browser sees it. */
  site(): { readonly name: string; readonly origins: string[] }
}

/** A body that the handler parses itself. Nothing is parsed before the handler calls one of the methods. */
export interface ReceivedBody {
  readonly bytes: Uint8Array
  /** The `Content-Type` header. */
  readonly mediaType: string
  /** Undefined without a body. Throws `unsupported-media-type` or `malformed-json`. */
  json(): unknown
  /** Like `json`, with any `Content-Type`. */
  anyJson(): unknown
  /** Returns a member of an `application/x-www-form-urlencoded` body; null if it is missing. */
  formMember(name: string): string | null
}

export interface TokenCaller {
  readonly context: Context
  /** The accounts in which the caller holds the declared permission, if it is a permission on accounts. */
  readonly accounts: readonly string[]
}

export interface Visitor<Session> {
  /** Finds the session of the cookie, for endpoints that require no authentication. */
  findSession(): Promise<Session | undefined>
}

export interface SessionCaller<Person, Session> {
  readonly person: Person
  readonly session: Session
  /** Throws `sign-in-unfinished` until the person has set a credential. */
  actor(): Promise<Actor>
}

export interface EndpointResult<Status extends PropertyKey = number, Json = unknown> {
  /** Defaults to the lowest declared status. */
  readonly status?: Status
  readonly json?: Json
  /** A secret in the JSON. It is sent as bytes that are wiped afterwards. */
  readonly secret?: { readonly member: string; readonly value: Secret }
  readonly text?: string | Buffer | AsyncIterable<string>
  /** The media type of `text`. */
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
  keyof EndpointOf<N>['responses'],
  EndpointJson<EndpointOf<N>>
>

/** From a client with a token, or with a console session instead. */
export type TokenRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>, TokenCaller>

/** From any client, or from one that authenticates in another declared way. */
export type OpenRequest<N extends EndpointName> = EndpointRequest<EndpointOf<N>>

/** Counts attempts by network address or name. */
export interface AttemptCounter {
  /** Returns the seconds to wait if there were too many attempts, otherwise 0. */
  strike(of: string, weight?: number): number
}
