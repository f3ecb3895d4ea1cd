/** Sends authenticated requests and reads responses. */
import { Refused } from './refused.ts'
import { Unreachable, unreachable } from './unreachable.ts'

export interface Server {
  /** `https://host`, optionally with a port. `http://` is only allowed for this machine, unless `insecureHttp` is set. */
  readonly address: string
  /** Absent for endpoints that need no authentication. */
  readonly token?: string
  /** Allows sending the token to other machines over plain http. */
  readonly insecureHttp?: boolean
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: (url: string, options: RequestInit) => Promise<Response>
  /** Timeout until the response starts. */
  readonly responseTimeoutMilliseconds?: number
  readonly totalTimeoutMilliseconds?: number
}

export const jsonApi = 'application/vnd.api+json'
const responseBytesMax = 32 * 1_048_576

export function parseAddress({ address, insecureHttp = false }: Omit<Server, 'token'>): string {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError('expected a URL such as https://host')
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    throw new TypeError('expected a URL with only scheme, host and port')
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url.hostname))
    throw new TypeError(`${url.origin} is plain http: the token would be sent unencrypted`)
  return url.origin
}

// URL has normalized other spellings of these addresses (127.1, 0x7f000001).
const isLoopback = (host: string) =>
  host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host) || /^(.+\.)?localhost$/.test(host)

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly type: string
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly responseType?: 'text'
}

export interface ApiResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly text: string
}

/** Returns a function that sends a request and returns the response, whatever its status. */
export function createExchange(address: string, options: Server): (request: ApiRequest) => Promise<ApiResponse> {
  const { token, responseTimeoutMilliseconds = 10_000, totalTimeoutMilliseconds = 30_000 } = options
  // Checked here, because the error message of fetch would contain the token.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError('the token is empty or contains invalid characters')
  const sendRequest = options.fetch ?? fetch

  return async ({ method, path, type, body, headers = {} }) => {
    const started = new AbortController()
    const timer = setTimeout(() => started.abort(), responseTimeoutMilliseconds)
    try {
      const response = await sendRequest(address + path, {
        method,
        headers: {
          accept: jsonApi,
          ...options.headers,
          ...(body === undefined ? {} : { 'content-type': type }),
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.any([started.signal, AbortSignal.timeout(totalTimeoutMilliseconds)]),
      })
      clearTimeout(timer)
      if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
        await response.body?.cancel()
        throw new Unreachable(
          'redirect',
          `${address} redirects to another address, which is not followed to protect the token`,
        )
      }
      const { status, statusText, headers: received } = response
      return { status, statusText, headers: received, text: await readText(response, address) }
    } catch (error) {
      throw error instanceof Unreachable ? error : unreachable(error, address)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Returns a function that sends a request and returns the response's JSON or text, or undefined if it has no body. */
export function createSender(address: string, options: Server): (request: ApiRequest) => Promise<unknown> {
  const exchange = createExchange(address, options)
  return async (request) => {
    const response = await exchange(request)
    const { status, text } = response
    if (status < 200 || status > 299) throw refusedBy(response, options.token)
    return text === '' ? undefined : request.responseType === 'text' ? text : parseJson(text, address)
  }
}

/** The error of a response that is not a success. It never contains the token. */
export function refusedBy({ status, text, headers }: ApiResponse, token: string | undefined): Refused {
  const withoutToken = (given: string) => (token === undefined ? given : given.replaceAll(token, '[secret]'))
  return new Refused({
    status,
    body: parseJsonOrUndefined(withoutToken(text)),
    header: (name) => headers.get(name) && withoutToken(headers.get(name) as string),
  })
}

async function readText(response: Response, address: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  // Not all browsers support async iteration of streams.
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length
    if (bytes > responseBytesMax) {
      await reader?.cancel()
      throw new Unreachable('no-such-api', `${address} sent a response larger than 32 MiB`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function parseJson(text: string, address: string): unknown {
  const value = parseJsonOrUndefined(text)
  if (value === undefined) throw notMintmark(address)
  return value
}

function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const notMintmark = (address: string) =>
  new Unreachable('no-such-api', `${address} did not respond like a Mintmark server`)
