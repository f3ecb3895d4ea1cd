/** What is wrong with the address of a webhook; undefined when nothing is. Where it leads is looked at when it is used. */
export function faultOfUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'Expected a URL such as https://host/path.'
  if (url.username || url.password) return 'Expected a URL without a user name and password: it is shown.'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'Expected https: http is for this machine itself.'
  return undefined
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
