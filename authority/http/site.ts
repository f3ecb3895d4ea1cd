/** The site of the console, and rejection of requests from other sites. */
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import type { Site } from '../sign-in/methods/passkeys.ts'
import { isFromConsole } from './authenticate-sessions.ts'
import { browserOriginOf, isLocalName, originOf } from './origin.ts'

/**
 * Over plain HTTP the browser would silently drop the `Secure` cookie, and people would not know why they are not
 * signed in.
 */
export function requireSameSite(request: FastifyRequest): void {
  if (!isFromConsole(request))
    throw new Refusal('forbidden', {
      detail: 'Expected a request from the console, with the header X-Mintmark-Console.',
    })
  const origin = browserOriginOf(request)
  if (origin === undefined) throw new Refusal('forbidden', { detail: 'Expected a request from this site.' })
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && !isLocalName(hostname))
    throw new Refusal('insecure-connection', {
      detail:
        'Sign-in requires https, or the name localhost. Start the server with --tls, or run it behind a proxy with TLS.',
    })
}

/** Returns the site as the browser sees it. A proxy may accept https and forward plain HTTP. */
export function siteOf(request: FastifyRequest): Site {
  const { host, hostname } = new URL(browserOriginOf(request) ?? originOf(request))
  return { name: hostname, origins: [`https://${host}`, `http://${host}`] }
}
