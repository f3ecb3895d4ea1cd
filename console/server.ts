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
import type { Resource } from '@mintmark/contract'
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

/** Calls an endpoint under `/auth`, which uses plain JSON. */
export const callAuth = <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> =>
  withInterruptions(() => callAuthOnce<T>(method, path, body))

/** Fetches a resource that is not JSON, such as a file. */
export const fetchText = (path: string): Promise<string> =>
  withInterruptions(async () => {
    const response = await receive(fetch(path, { headers: sessionHeaders, redirect: 'error' }))
    const read = await response.text()
    if (!response.ok) throw toRefused(response, parseJson(read))
    return read
  })

/** Like `callAuth`, but never interrupted: for the dialogs that handle an interruption. */
export async function callAuthOnce<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await receive(
    fetch(`/auth/${path}`, {
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
  return read as T
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
