/** Response headers that make browsers treat a response as narrowly as it is meant. Pages loosen the policy for themselves. */
import type { FastifyRequest } from 'fastify'
import { isHttps, isLocalName } from './origin.ts'

const always = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
/** RFC 6797: one year. Without `includeSubDomains`, for other names are not this server's to decide on. */
const overHttps = { ...always, 'strict-transport-security': 'max-age=31536000' }

/** For the page of reference documentation, which holds its own styles. */
export const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}

/** HSTS is left out for names of this machine: it holds for every port, so it would break other programs there. */
export const securityHeaders = (request: FastifyRequest): Readonly<Record<string, string>> =>
  isHttps(request) && !isLocalName(hostnameOf(request)) ? overHttps : always

const hostnameOf = ({ host }: FastifyRequest): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
