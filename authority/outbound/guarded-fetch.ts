/** `fetch` for addresses that somebody else named. Redirects fail, for they would name another one. */
import { Readable } from 'node:stream'
import { guardedRequest, type Reach } from './guarded-request.ts'
import type { Fetch } from './read-answer.ts'

const attemptMilliseconds = 1_500
const longest = 60_000

/** As far as this server needs it: text bodies, plain header objects. The body of a failure is not read. */
export function guardedFetch(reach: Reach): Fetch {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = guardedRequest(new URL(url), reach, {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        signal: signal ?? AbortSignal.timeout(longest),
        attemptMilliseconds,
      })
      sent.once('response', (answer) => {
        const { statusCode: status = 0, headers: given } = answer
        if (status >= 300 && status < 400 && status !== 304) {
          answer.destroy()
          return reject(new TypeError('the answer is a redirect'))
        }
        const isRead = status >= 200 && status < 300 && status !== 204 && status !== 205
        if (!isRead) answer.destroy()
        const told = Object.entries(given).map(([name, value]): [string, string] => [name, String(value)])
        resolve(new Response(isRead ? (Readable.toWeb(answer) as ReadableStream) : null, { status, headers: told }))
      })
      sent.once('error', reject)
      sent.once('close', () => reject(new TypeError('closed without an answer')))
      sent.end(typeof body === 'string' ? body : undefined)
    })
}
