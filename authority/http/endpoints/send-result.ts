import { Readable } from 'node:stream'
import { type EndpointDeclaration, kebab, limits } from '@mintmark/contract'
import type { FastifyReply } from 'fastify'
import type { EndpointResult } from '../../endpoint-request.ts'
import { secretPlace } from '../../jsonapi/document.ts'
import { knownBrowserDays } from '../../sign-in/known-browser.ts'
import { clearCookie, setCookie, setKnownBrowser } from '../authenticate-sessions.ts'
import { json, jsonWithSecret } from '../send-json.ts'

/** Sends the result of a handler, with the lowest declared status unless the result sets one. */
export function sendResult(
  { responses }: EndpointDeclaration,
  reply: FastifyReply,
  result: EndpointResult,
): FastifyReply {
  const { status = Number(Object.keys(responses)[0]), secret, text, location, headers = {}, cookies } = result
  if (cookies?.session === null) clearCookie(reply)
  else if (cookies) setCookie(reply, cookies.session, limits.sessionHoursMax * 3_600)
  if (cookies?.knownBrowser !== undefined) setKnownBrowser(reply, cookies.knownBrowser, knownBrowserDays)
  reply.headers(headers)
  if (location !== undefined) return reply.redirect(location, status)
  reply.code(status)
  if (text !== undefined) {
    const mediaType = result.mediaType ?? Object.keys(responses[status]?.content ?? {})[0] ?? 'text/plain'
    return reply.type(mediaType).send(typeof text === 'string' || Buffer.isBuffer(text) ? text : Readable.from(text))
  }
  if (result.json === undefined) return reply.send()
  if (!secret) return json(reply, result.json)
  return jsonWithSecret(reply, { ...(result.json as object), [kebab(secret.member)]: secretPlace }, secret.value)
}
