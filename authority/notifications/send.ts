/** Posts to a webhook URL: to allowed addresses only, within a timeout, and reading little of the response. */
import type { WebhookFailure } from '@mintmark/contract'
import { AddressNotAllowed, guardedRequest, type ReachOptions } from '../outbound/guarded-request.ts'
import type { Message } from './message.ts'

export interface SendOptions extends ReachOptions {
  readonly timeoutMilliseconds: number
  /** Aborted when the process shuts down. */
  readonly stop: AbortSignal
}

export type SendResult =
  | { readonly status: number; readonly retryAfter: string | null }
  | { readonly failure: Exclude<WebhookFailure, 'status'> | 'stopped'; readonly why: string }

const responseBytesMax = 65_536
/** The share of the timeout that one address of the host gets before the next one is tried. */
const addressShare = 1 / 4

export async function send(url: URL, message: Message, options: SendOptions): Promise<SendResult> {
  const { stop, timeoutMilliseconds } = options
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMilliseconds)])
  try {
    signal.throwIfAborted()
    return await post(url, message, options, signal)
  } catch (error) {
    if (stop.aborted) return { failure: 'stopped', why: 'the server is shutting down' }
    if (signal.aborted) return { failure: 'timeout', why: `no response within ${timeoutMilliseconds} ms` }
    if (error instanceof AddressNotAllowed) return { failure: 'address', why: error.message }
    const code = codeOf(error as Failure)
    return { failure: failureOf(code), why: code ?? 'unknown error' }
  }
}

type Failure = { readonly code?: string; readonly errors?: readonly Failure[] }

/** Returns the error code of the last address that was tried. */
const codeOf = ({ code, errors }: Failure): string | undefined => errors?.at(-1)?.code ?? code

function failureOf(code = ''): 'refused' | 'dns' | 'tls' | 'unreachable' {
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  // Names of X.509 verification errors have no common prefix.
  return /^(?:EPROTO$|ERR_SSL_|ERR_TLS_)|CERT|LEAF_SIGNATURE/.test(code) ? 'tls' : 'unreachable'
}

function post(url: URL, { headers, body }: Message, options: SendOptions, signal: AbortSignal): Promise<SendResult> {
  const attemptMilliseconds = Math.max(options.timeoutMilliseconds * addressShare, 250)
  return new Promise((resolve, reject) => {
    const request = guardedRequest(url, options, { method: 'POST', headers, signal, attemptMilliseconds })
    let hasResponse = false
    request.once('response', (response) => {
      hasResponse = true
      const { statusCode = 0, headers: responseHeaders } = response
      let bytes = 0
      const done = () => {
        resolve({ status: statusCode, retryAfter: responseHeaders['retry-after'] ?? null })
        response.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > responseBytesMax) done()
      })
      // The status decides. The rest of the response does not matter.
      response.once('end', done).once('close', done).on('error', done)
    })
    const fail = (error?: Error) => {
      if (!hasResponse) reject(error ?? new Error('connection closed without a response'))
    }
    request.on('error', fail).once('close', fail)
    request.end(body)
  })
}
