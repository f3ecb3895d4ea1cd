/** Response headers that restrict what browsers do with a response. Pages relax the policy for themselves. */
import { type Destination, isLocalName } from './origin.ts'

const always = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
/** RFC 6797: one year. Without `includeSubDomains`, because other names are outside this server's control. */
const overHttps = { ...always, 'strict-transport-security': 'max-age=31536000' }

/** No HSTS for local names: it applies to all ports and would break other programs on this machine. */
export const securityHeaders = ({ isHttps, host }: Destination): Readonly<Record<string, string>> =>
  isHttps && !isLocalName(hostnameOf(host)) ? overHttps : always

const hostnameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
