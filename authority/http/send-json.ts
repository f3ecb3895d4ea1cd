/** Sends JSON as it is, and JSON with a secret in it. */
import type { Secret } from '@mintmark/token'
import type { FastifyReply } from 'fastify'
import { secretPlace } from '../jsonapi/document.ts'

export const jsonApiType = 'application/vnd.api+json'

/**
 * Uses its own serializer, because the framework would add a charset parameter, which JSON:API section 5.4 does not
 * allow.
 */
export const json = (reply: FastifyReply, value: unknown, type = 'application/json'): FastifyReply =>
  reply.serializer(asItIs).header('content-type', type).send(JSON.stringify(value))

const asItIs = (text: unknown) => text as string

/** Replaces `secretPlace` in the value with the secret. The bytes are wiped as soon as they are sent. */
export function jsonWithSecret(
  reply: FastifyReply,
  value: unknown,
  secret: Secret,
  type = 'application/json',
): FastifyReply {
  const [before = '', after] = JSON.stringify(value).split(JSON.stringify(secretPlace))
  if (after === undefined) return json(reply, value, type)
  const body = Buffer.concat([Buffer.from(`${before}"`), secret.bytes(), Buffer.from(`"${after}`)])
  secret.wipe()
  reply.raw.once('close', () => body.fill(0))
  return reply.header('content-type', type).send(body)
}
