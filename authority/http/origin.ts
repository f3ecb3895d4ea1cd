/** The origin, such as `https://mint.example.com`, by which clients reach this server. */
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../context.ts'
import { isLoopback, parseAddress } from '../verdicts/ip-address.ts'
import { type IsTrusted, isFromTrusted } from './client-address.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The configured origin; null derives it from each request. */
    readonly publicUrl: string | null
  }
  interface FastifyRequest {
    destination: Destination
  }
}

/** The host and scheme to which the client sent its request. */
export interface Destination {
  /** As sent, with the port if there is one. */
  readonly host: string
  readonly isHttps: boolean
}

/** Returns what a trusted proxy reports in `X-Forwarded-Host` and `X-Forwarded-Proto`, otherwise what the request shows. */
export function destinationOf({ socket, headers }: IncomingMessage, isTrusted: IsTrusted): Destination {
  const { host = '', 'x-forwarded-host': forwardedHost, 'x-forwarded-proto': forwardedScheme } = headers
  const isEncrypted = (socket as TLSSocket).encrypted === true
  const isForwarded = (forwardedHost || forwardedScheme) && isFromTrusted(socket, isTrusted)
  if (!isForwarded) return { host, isHttps: isEncrypted }
  return {
    host: forwardedHost ? lastOf(forwardedHost) : host,
    isHttps: forwardedScheme ? lastOf(forwardedScheme).toLowerCase() === 'https' : isEncrypted,
  }
}

/** The last proxy appends its value. */
const lastOf = (values: string | string[]): string => values.toString().split(',').at(-1)?.trim() ?? ''

/** Returns the configured origin, or that of the request. Throws `malformed-request` for an invalid `Host`. */
export function originOf(request: FastifyRequest): string {
  const origin =
    request.server.publicUrl ?? originFrom(request.destination.isHttps ? 'https:' : 'http:', request.destination.host)
  if (origin === undefined)
    throw new Refusal('malformed-request', { detail: 'Header Host: expected a host name with an optional port.' })
  return origin
}

/**
 * Returns the origin that the browser shows, which may use https if a proxy forwards plain HTTP. Returns undefined if
 * the request comes from another site.
 */
export function browserOriginOf(request: FastifyRequest): string | undefined {
  const sent = request.headers.origin
  if (sent === undefined) return originOf(request)
  const origin = parseOrigin(sent)
  if (origin === undefined) return undefined
  const isSameHost = origin === originFrom(new URL(origin).protocol, request.destination.host)
  return isSameHost || origin === request.server.publicUrl ? origin : undefined
}

/** Returns the origin for links that people open. */
export const linkOriginOf = (request: FastifyRequest): string =>
  request.server.publicUrl ?? browserOriginOf(request) ?? originOf(request)

/** Whether a name is `localhost`, a subdomain of it, or a loopback address, in the notation of `URL.hostname`. */
export function isLocalName(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true
  const address = parseAddress(hostname.replace(/^\[|\]$/g, ''))
  return address !== undefined && isLoopback(address)
}

/** Normalizes an origin: lower case, without default port, trailing dot or path. Returns undefined if it is invalid. */
export function parseOrigin(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return undefined
  return url.pathname === '/' ? originFrom(url.protocol, url.host) : undefined
}

function originFrom(protocol: string, host: string): string | undefined {
  if (!/^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(host)) return undefined
  const url = URL.parse(`${protocol}//${host}`)
  if (!url) return undefined
  url.hostname = url.hostname.replace(/\.$/, '')
  return url.origin
}
