/** The site of the console, and requests that do not come from it. */
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import type { Site } from '../sign-in/methods/passkeys.ts'
import { isFromConsole } from './authenticate-sessions.ts'
import { browserOriginOf, isLocalName, originOf } from './origin.ts'

/** Over plain http the browser would drop the `Secure` cookie silently, and nobody would know why they are not signed in. */
export function requireSameSite(request: FastifyRequest): void {
  if (!isFromConsole(request))
    throw new Refusal('forbidden', { detail: 'Expected a request of the console, with the header X-Mintmark-Console.' })
  const origin = browserOriginOf(request)
  if (origin === undefined) throw new Refusal('forbidden', { detail: 'Expected a request of this site.' })
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && !isLocalName(hostname))
    throw new Refusal('insecure-connection', {
      detail:
        'Signing in needs https, or the name localhost. Start the server with --tls, or put a proxy with TLS in front.',
    })
}

/** The site as the browser sees it; a proxy in front may accept https and speak http to this server. */
export function siteOf(request: FastifyRequest): Site {
  const { host, hostname } = new URL(browserOriginOf(request) ?? originOf(request))
  return { name: hostname, origins: [`https://${host}`, `http://${host}`] }
}
