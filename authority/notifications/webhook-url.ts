import { classifyHost } from '../outbound/guarded-request.ts'

const setting = 'MINTMARK_WEBHOOK_PRIVATE=true'

/** Returns what is wrong with a webhook URL; undefined if it is valid. The addresses of a host name are checked when it is used. */
export function faultOfUrl(text: string, allowPrivate: boolean): string | undefined {
  const url = URL.parse(text)
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'Expected a URL such as https://host/path.'
  if (url.username || url.password)
    return 'Expected a URL without a user name and password, because the URL is not secret.'
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return `Expected an https URL. http is only allowed for loopback addresses, if the server runs with ${setting}.`
  const hostClass = classifyHost(url.hostname)
  if (hostClass === 'blocked') return 'Expected a public address. Link-local and reserved addresses are never allowed.'
  if (hostClass === 'private' && !allowPrivate)
    return `Expected a public address. Private networks and this machine are only allowed if the server runs with ${setting}.`
  return undefined
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
