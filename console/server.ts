/**
 * The one way from a page to the authority. Whatever is asked is asked again by itself after the person has signed in
 * anew or has proven to be there, so that no form loses what was typed.
 */
import {
  type Answered,
  type Asked,
  type Callable,
  connectSession,
  type Found,
  type Listed,
  Refused,
  sessionHeaders,
  Unreachable,
} from '@mintmark/client'
import type { Resource } from '@mintmark/contract'
import { heard, notHeard } from './session/connection.ts'
import { interrupt } from './session/interruptions.ts'

const server = connectSession({ address: location.origin })

export const call = <R extends Resource, K extends Callable<R>>(
  of: R,
  operation: K,
  asked?: Asked<R, K>,
): Promise<Answered<R, K>> => persistently(() => server.call(of, operation, asked))

export const all = <R extends Resource, K extends Listed<R>>(
  of: R,
  operation: K,
  asked?: Asked<R, K>,
): Promise<Found<R>[]> => persistently(() => server.all(of, operation, asked))

/** The doors under /auth, which speak plain JSON. */
export const auth = <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> =>
  persistently(() => authOnce<T>(method, path, body))

/** What is no JSON: a file, a page of text. */
export const text = (path: string): Promise<string> =>
  persistently(async () => {
    const response = await reached(fetch(path, { headers: sessionHeaders, redirect: 'error' }))
    const read = await response.text()
    if (!response.ok) throw refusedBy(response, parsed(read))
    return read
  })

/** As `auth`, for the dialogs that answer an interruption: they must not be interrupted themselves. */
export async function authOnce<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await reached(
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
  const read = parsed(await response.text())
  if (!response.ok) throw refusedBy(response, read)
  return read as T
}

async function reached(asked: Promise<Response>): Promise<Response> {
  try {
    const response = await asked
    heard()
    return response
  } catch (cause) {
    notHeard()
    throw new Unreachable('lost', 'The server cannot be reached.', { cause })
  }
}

const refusedBy = ({ status, headers }: Response, body: unknown): Refused =>
  new Refused({ status, body, header: (name) => headers.get(name) })

async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const answer = await ask()
      heard()
      return answer
    } catch (error) {
      if (error instanceof Unreachable) notHeard()
      else if (error instanceof Refused) heard()
      const reason = error instanceof Refused ? interruptions[error.code] : undefined
      if (!reason || !(await interrupt(reason))) throw error
    }
  }
}

const interruptions: Readonly<Record<string, 'sign-in' | 'proof'>> = {
  'no-session': 'sign-in',
  'step-up-required': 'proof',
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
