/**
 * The API client of the console. Requests that require sign-in or re-authentication wait for the user and are then sent
 * again, so that no form loses its input.
 */
import {
  type Callable,
  type CallOptions,
  type CallResult,
  connectSession,
  type Found,
  type Listed,
  Refused,
  sessionHeaders,
  Unreachable,
} from '@mintmark/client'
import type {
  EndpointBody,
  EndpointJson,
  EndpointName,
  EndpointOf,
  EndpointParams,
  Resource,
  Wire,
} from '@mintmark/contract'
import { markReachable, markUnreachable } from './session/connection.ts'
import { interrupt } from './session/interruptions.ts'

const server = connectSession({ address: location.origin })

export const call = <R extends Resource, K extends Callable<R>>(
  of: R,
  operation: K,
  request?: CallOptions<R, K>,
): Promise<CallResult<R, K>> => withInterruptions(() => server.call(of, operation, request))

export const all = <R extends Resource, K extends Listed<R>>(
  of: R,
  operation: K,
  request?: CallOptions<R, K>,
): Promise<Found<R>[]> => withInterruptions(() => server.all(of, operation, request))

type DeclaredRoutes = {
  [N in EndpointName as `${EndpointOf<N>['method']} ${EndpointOf<N>['path']}`]: EndpointOf<N>
}

/** Method and path of a declared endpoint with plain JSON. The types come from the declaration, which pages do not load. */
export type AuthRoute = Extract<keyof DeclaredRoutes, `${string} /auth/${string}` | `${string}/actions/mark-read`>
export type AuthResponse<R extends AuthRoute> = EndpointJson<DeclaredRoutes[R]>

/** Path parameters and body, with the names of the API, if the endpoint has them. */
type AuthCallOptions<R extends AuthRoute> = (keyof EndpointParams<DeclaredRoutes[R]> extends never
  ? { readonly params?: never }
  : { readonly params: EndpointParams<DeclaredRoutes[R]> }) &
  (EndpointBody<DeclaredRoutes[R]> extends undefined
    ? { readonly body?: never }
    : { readonly body: Wire<EndpointBody<DeclaredRoutes[R]>> })
type AuthCallArguments<R extends AuthRoute> =
  Record<never, never> extends AuthCallOptions<R> ? [] : [options: AuthCallOptions<R>]

/** Calls an endpoint that uses plain JSON, such as those under `/auth`. */
export const callAuth = <R extends AuthRoute>(route: R, ...options: AuthCallArguments<R>): Promise<AuthResponse<R>> =>
  withInterruptions(() => callAuthOnce(route, ...options))

/** Fetches a resource that is not JSON, such as a file. */
export const fetchText = (path: string): Promise<string> => fetchAs(path, (response) => response.text())

/** Fetches a file that can be large: the browser can keep it on disk. */
export const fetchFile = (path: string): Promise<Blob> => fetchAs(path, (response) => response.blob())

const fetchAs = <T>(path: string, read: (response: Response) => Promise<T>): Promise<T> =>
  withInterruptions(async () => {
    const response = await receive(fetch(path, { headers: sessionHeaders, redirect: 'error' }))
    if (!response.ok) throw toRefused(response, parseJson(await response.text()))
    return read(response)
  })

/** Like `callAuth`, but never interrupted: for the dialogs that handle an interruption. */
export async function callAuthOnce<R extends AuthRoute>(
  route: R,
  ...[options]: AuthCallArguments<R>
): Promise<AuthResponse<R>> {
  const { params = {}, body }: { params?: Readonly<Record<string, string>>; body?: object | undefined } = options ?? {}
  const [method, path] = route.split(' ') as [string, string]
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const response = await receive(
    fetch(url, {
      method,
      headers: {
        ...sessionHeaders,
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: 'error',
    }),
  )
  const read = parseJson(await response.text())
  if (!response.ok) throw toRefused(response, read)
  return read as AuthResponse<R>
}

async function receive(request: Promise<Response>): Promise<Response> {
  try {
    const response = await request
    markReachable()
    return response
  } catch (cause) {
    markUnreachable()
    throw new Unreachable('lost', 'The server cannot be reached.', { cause })
  }
}

const toRefused = ({ status, headers }: Response, body: unknown): Refused =>
  new Refused({ status, body, header: (name) => headers.get(name) })

async function withInterruptions<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const response = await ask()
      markReachable()
      return response
    } catch (error) {
      if (error instanceof Unreachable) markUnreachable()
      else if (error instanceof Refused) markReachable()
      // The account requires a second factor since the page was loaded.
      if (error instanceof Refused && error.code === 'sign-in-unfinished') location.assign('/first-credential')
      const reason = error instanceof Refused ? interruptions[error.code] : undefined
      if (!reason || !(await interrupt(reason))) throw error
    }
  }
}

const interruptions: Readonly<Record<string, 'sign-in' | 'step-up'>> = {
  'no-session': 'sign-in',
  'step-up-required': 'step-up',
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
