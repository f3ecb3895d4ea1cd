/** `fetch` for URLs that users configure. Redirects fail, because they could lead to an address that was not checked. */
import { Readable } from 'node:stream'
import { guardedRequest, type ReachOptions } from './guarded-request.ts'
import type { Fetch } from './read-body.ts'

const attemptMilliseconds = 1_500
const timeoutMilliseconds = 60_000

/** Supports what this server needs: text bodies and plain header objects. Does not read the body of an error response. */
export function guardedFetch(reach: ReachOptions): Fetch {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = guardedRequest(new URL(url), reach, {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        signal: signal ?? AbortSignal.timeout(timeoutMilliseconds),
        attemptMilliseconds,
      })
      request.once('response', (response) => {
        const { statusCode: status = 0, headers: rawHeaders } = response
        if (status >= 300 && status < 400 && status !== 304) {
          response.destroy()
          return reject(new TypeError('the response is a redirect'))
        }
        const hasBody = status >= 200 && status < 300 && status !== 204 && status !== 205
        if (!hasBody) response.destroy()
        const responseHeaders = Object.entries(rawHeaders).map(([name, value]): [string, string] => [
          name,
          String(value),
        ])
        resolve(
          new Response(hasBody ? (Readable.toWeb(response) as ReadableStream) : null, {
            status,
            headers: responseHeaders,
          }),
        )
      })
      request.once('error', reject)
      request.once('close', () => reject(new TypeError('connection closed without a response')))
      request.end(typeof body === 'string' ? body : undefined)
    })
}
