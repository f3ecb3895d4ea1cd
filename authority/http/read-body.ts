import type { FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { parseStrictJson } from '../jsonapi/strict-json.ts'

const jsonTypes = /^application\/(vnd\.api\+json|json)\s*(;|$)/i

/** The JSON body of a request; undefined when there is none. */
export function readJsonBody(request: FastifyRequest): unknown {
  const bytes = request.body as Uint8Array | null | undefined
  if (!bytes || bytes.length === 0) return undefined
  const type = request.headers['content-type'] ?? ''
  if (!jsonTypes.test(type))
    throw new Refusal('unsupported-media-type', { detail: 'Expected application/vnd.api+json or application/json.' })
  return parseStrictJson(bytes)
}

/** The members of an `application/x-www-form-urlencoded` body. */
export function readFormBody(request: FastifyRequest): URLSearchParams {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new Refusal('unsupported-media-type', { detail: 'Expected application/x-www-form-urlencoded.' })
  return new URLSearchParams((request.body as Buffer | undefined)?.toString('utf8') ?? '')
}
