/** Error responses for OAuth clients (RFC 6749 section 5.2). */
import type { FastifyReply } from 'fastify'
import { Refusal } from '../../context.ts'
import { json } from '../send-json.ts'

export class OAuthRefusal extends Error {
  override name = 'OAuthRefusal'
  readonly code: string

  constructor(code: 'invalid_request' | 'unsupported_grant_type') {
    super(code)
    this.code = code
  }
}

const codes: Readonly<Record<string, readonly [status: number, error: string]>> = {
  'invalid-grant': [400, 'invalid_grant'],
  'too-many-attempts': [429, 'slow_down'],
}

/** Sends an error that has a code in RFC 6749. Rethrows all others, which become error documents. */
export function sendOAuthError(reply: FastifyReply, error: unknown): FastifyReply {
  const [status, code] =
    error instanceof OAuthRefusal
      ? [400, error.code]
      : error instanceof Refusal
        ? (codes[error.code] ?? [0, ''])
        : [0, '']
  if (status === 0) throw error
  return json(reply.code(status), { error: code })
}
