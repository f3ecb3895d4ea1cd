/** Returns what is wrong with a webhook URL; undefined if it is valid. Its addresses are checked when it is used. */
export function faultOfUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'Expected a URL such as https://host/path.'
  if (url.username || url.password)
    return 'Expected a URL without a user name and password, because the URL is not secret.'
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return 'Expected an https URL. http is allowed for loopback addresses only.'
  return undefined
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
