/** One request with the token on it, and what came back. Knows no resource. */
import { Refused } from './refused.ts'
import { Unreachable, unreachable } from './unreachable.ts'

export interface Server {
  /** `https://host`, perhaps with a port; `http://` only for this machine. */
  readonly address: string
  /** Absent for what needs no login. */
  readonly token?: string
  /** Sends the token in the clear to other machines too. */
  readonly insecureHttp?: boolean
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: (url: string, options: RequestInit) => Promise<Response>
  /** How long the server may take until it begins to answer. */
  readonly answerMilliseconds?: number
  readonly totalMilliseconds?: number
}

export const jsonApi = 'application/vnd.api+json'
const answerBytesMax = 32 * 1_048_576

export function usableAddress({ address, insecureHttp = false }: Omit<Server, 'token'>): string {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('expected an address such as https://host')
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    throw new TypeError('expected an address of scheme, host and port only')
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url.hostname))
    throw new TypeError(`${url.origin} is plain http: others on the way could read the token`)
  return url.origin
}

// URL has brought other spellings of these addresses (127.1, 0x7f000001) into this form.
const isLoopback = (host: string) =>
  host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host) || /^(.+\.)?localhost$/.test(host)

export interface Sent {
  readonly method: string
  readonly path: string
  readonly type: string
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly answers?: 'text'
}

/** Sends one request and gives back the JSON of its answer, or its text; undefined when it has no body. */
export function sender(address: string, options: Server): (sent: Sent) => Promise<unknown> {
  const { token, answerMilliseconds = 10_000, totalMilliseconds = 30_000 } = options
  // Said here, because the error of fetch would show the header with the token in it.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError('the token is empty or holds characters no token has')
  const ask = options.fetch ?? fetch
  const hidden = (text: string) => (token === undefined ? text : text.replaceAll(token, '[secret]'))

  return async ({ method, path, type, body, headers = {}, answers }) => {
    const begun = new AbortController()
    const timer = setTimeout(() => begun.abort(), answerMilliseconds)
    try {
      const response = await ask(address + path, {
        method,
        headers: {
          ...options.headers,
          ...headers,
          accept: jsonApi,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([begun.signal, AbortSignal.timeout(totalMilliseconds)]),
      })
      clearTimeout(timer)
      if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
        await response.body?.cancel()
        throw new Unreachable('redirect', `${address} sends elsewhere, where the token was not meant to go`)
      }
      const text = await textOf(response, address)
      if (response.ok) return text === '' ? undefined : answers === 'text' ? text : parsed(text, address)
      throw new Refused({
        status: response.status,
        body: parsedOrNot(hidden(text)),
        header: (name) => response.headers.get(name) && hidden(response.headers.get(name) as string),
      })
    } catch (error) {
      throw error instanceof Refused || error instanceof Unreachable ? error : unreachable(error, address)
    } finally {
      clearTimeout(timer)
    }
  }
}

async function textOf(response: Response, address: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  // Not every browser can loop over a stream.
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length
    if (bytes > answerBytesMax) {
      await reader?.cancel()
      throw new Unreachable('no-such-api', `${address} answers without end`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function parsed(text: string, address: string): unknown {
  const value = parsedOrNot(text)
  if (value === undefined) throw noSuchApi(address)
  return value
}

function parsedOrNot(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const noSuchApi = (address: string) =>
  new Unreachable('no-such-api', `${address} does not answer as this API does`)
