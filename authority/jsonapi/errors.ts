/** Translates refusals and bugs into error documents. */
import { type RefusalCode, refusals } from '@mintmark/contract'
import { Refusal } from '../context.ts'
import { DatabaseTrouble, ShortOfSpace, translated, UniqueViolation } from '../database/errors.ts'

export interface ErrorReply {
  readonly status: number
  readonly code: RefusalCode
  /** The permission that the caller lacks, if known. */
  readonly permission: string | undefined
  readonly document: { readonly errors: readonly Record<string, unknown>[] }
  readonly retryAfterSeconds: number | undefined
  /** Set for a bug rather than a refusal, for the log. */
  readonly unexpected: boolean
  /** For the log. A database failure is described in a sentence, with the original error as its cause. */
  readonly error: unknown
}

export function errorReply(error: unknown, requestId: string): ErrorReply {
  const known = translated(error)
  const refusal = asRefusal(known)
  const { status, title } = refusals[refusal.code]
  const errors = refusal.faults.map((fault) => ({
    status: String(status),
    code: refusal.code,
    title: fault.title ?? title,
    ...(fault.detail === undefined ? {} : { detail: fault.detail }),
    ...(status >= 500 ? { id: requestId } : {}),
    ...sourceOf(fault),
  }))
  const retryAfterSeconds = refusal.faults[0]?.retryAfterSeconds
  return {
    status,
    code: refusal.code,
    permission: refusal.faults[0]?.permission,
    document: { errors },
    retryAfterSeconds,
    unexpected: refusal.code === 'internal-error',
    error: known,
  }
}

function sourceOf({ at, parameter }: { readonly at?: string; readonly parameter?: string }) {
  if (at === undefined && parameter === undefined) return {}
  return { source: { ...(at === undefined ? {} : { pointer: at }), ...(parameter === undefined ? {} : { parameter }) } }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof UniqueViolation)
    return new Refusal('conflict', { detail: 'Another request has just used this value.' })
  if (error instanceof ShortOfSpace)
    return new Refusal('database-unavailable', {
      detail:
        'The disk of the database is short of space. Requests that create something fail until space is freed; tokens can still be revoked.',
      retryAfterSeconds: 60,
    })
  if (error instanceof DatabaseTrouble) {
    return new Refusal('database-unavailable', {
      detail:
        'The database is unavailable right now. If this was a change, check whether it was made before you retry.',
      retryAfterSeconds: 1,
    })
  }
  const status = (error as { statusCode?: unknown }).statusCode
  if (status === 415)
    return new Refusal('unsupported-media-type', { detail: 'Expected application/vnd.api+json or application/json.' })
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal('malformed-request', { detail: 'The request is malformed.' })
  }
  return new Refusal('internal-error', {
    detail: 'An unexpected error occurred. The log of the server contains the details under this request ID.',
  })
}
