/** Posts to an address that somebody else named: only where a webhook may lead, for a bounded time, reading little. */
import { lookup } from 'node:dns/promises'
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Message } from './message.ts'
import { reachOfAddress } from './public-address.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

export interface SendOptions {
  readonly allowPrivate: boolean
  readonly timeoutMilliseconds: number
  /** Aborted when the process is about to end. */
  readonly stop: AbortSignal
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

export type Answered =
  | { readonly status: number; readonly retryAfter: string | null }
  | { readonly failure: 'timeout' | 'unreachable' | 'stopped'; readonly why: string }

const answerBytesMax = 65_536

export async function send(url: URL, message: Message, options: SendOptions): Promise<Answered> {
  const { stop, timeoutMilliseconds, resolve = resolveAll } = options
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMilliseconds)])
  try {
    const addresses = await unlessAborted(resolve(url.hostname.replace(/^\[|\]$/g, '')), signal)
    const address = addresses.find((each) => mayReach(each, options))
    if (!address) return { failure: 'unreachable', why: 'no public address' }
    return await post(url, address, message, signal)
  } catch (error) {
    if (stop.aborted) return { failure: 'stopped', why: 'the authority stops' }
    if (signal.aborted) return { failure: 'timeout', why: `no answer in ${timeoutMilliseconds} ms` }
    return { failure: 'unreachable', why: (error as { code?: string }).code ?? 'unknown error' }
  }
}

const resolveAll = (host: string) => lookup(host, { all: true })

function mayReach({ address }: Address, { allowPrivate }: SendOptions): boolean {
  const reach = reachOfAddress(address)
  return reach === 'public' || (reach === 'private' && allowPrivate)
}

/** The name stays in the request and its certificate; the connection goes to the very address that was looked at. */
function post(url: URL, address: Address, { headers, body }: Message, signal: AbortSignal): Promise<Answered> {
  const pinned: LookupFunction = (_, { all }, done) =>
    all ? done(null, [address]) : done(null, address.address, address.family)
  const request = url.protocol === 'https:' ? secureRequest : plainRequest
  return new Promise((resolve, reject) => {
    // A connection of its own: a kept one would be found by name, not by address.
    const sent = request(url, { method: 'POST', headers, agent: false, lookup: pinned, signal })
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

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject)
    signal.throwIfAborted()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
