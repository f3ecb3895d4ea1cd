/** Posts to an address that somebody else named: only where a webhook may lead, for a bounded time, reading little. */
import { guardedRequest, OutOfReach, type Reach } from '../outbound/guarded-request.ts'
import type { Message } from './message.ts'

export interface SendOptions extends Reach {
  readonly timeoutMilliseconds: number
  /** Aborted when the process is about to end. */
  readonly stop: AbortSignal
}

export type Answered =
  | { readonly status: number; readonly retryAfter: string | null }
  | { readonly failure: 'timeout' | 'unreachable' | 'stopped'; readonly why: string }

const answerBytesMax = 65_536
/** Of the time for a request, how much one address of its host may take before the next is tried. */
const attemptShare = 1 / 4

export async function send(url: URL, message: Message, options: SendOptions): Promise<Answered> {
  const { stop, timeoutMilliseconds } = options
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMilliseconds)])
  try {
    signal.throwIfAborted()
    return await post(url, message, options, signal)
  } catch (error) {
    if (stop.aborted) return { failure: 'stopped', why: 'the authority stops' }
    if (signal.aborted) return { failure: 'timeout', why: `no answer in ${timeoutMilliseconds} ms` }
    if (error instanceof OutOfReach) return { failure: 'unreachable', why: error.message }
    return { failure: 'unreachable', why: codeOf(error as Failure) ?? 'unknown error' }
  }
}

type Failure = { readonly code?: string; readonly errors?: readonly Failure[] }

/** Of several addresses, what went wrong with the last one. */
const codeOf = ({ code, errors }: Failure): string | undefined => errors?.at(-1)?.code ?? code

function post(url: URL, { headers, body }: Message, options: SendOptions, signal: AbortSignal): Promise<Answered> {
  const attemptMilliseconds = Math.max(options.timeoutMilliseconds * attemptShare, 250)
  return new Promise((resolve, reject) => {
    const sent = guardedRequest(url, options, { method: 'POST', headers, signal, attemptMilliseconds })
    let isAnswered = false
    sent.once('response', (answer) => {
      isAnswered = true
      const { statusCode = 0, headers: told } = answer
      let bytes = 0
      const done = () => {
        resolve({ status: statusCode, retryAfter: told['retry-after'] ?? null })
        answer.destroy()
      }
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > answerBytesMax) done()
      })
      // The status decides, whatever becomes of the rest.
      answer.once('end', done).once('close', done).on('error', done)
    })
    const lost = (error?: Error) => {
      if (!isAnswered) reject(error ?? new Error('closed without an answer'))
    }
    sent.on('error', lost).once('close', lost)
    sent.end(body)
  })
}
