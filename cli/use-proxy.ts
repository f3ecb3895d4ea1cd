/** Configures outgoing proxies from the environment, as curl does. */
import type { Environment } from './auth/credentials.ts'
import { WrongUsage } from './report-error.ts'

const isLoopback = (host: string) => host === '[::1]' || /^127\.\d+\.\d+\.\d+$|^(?:.+\.)?localhost$/.test(host)

/**
 * Sends all requests of this process through HTTP_PROXY or HTTPS_PROXY, except those to hosts in NO_PROXY and to this machine.
 * Lower-case names take precedence. A token for a server on this machine is never sent to a proxy.
 */
export function useProxy(environment: Environment, server?: string): void {
  const value = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined
  const [forHttp, forHttps] = ['HTTP_PROXY', 'HTTPS_PROXY'].map((name) => proxyIn(name, value(name)))
  if (!forHttp && !forHttps) return
  if (server !== undefined && isLoopback(new URL(server).hostname)) return
  const except = value('NO_PROXY')
  // Loading node:http takes a while, and most commands need no proxy.
  process.getBuiltinModule('node:http').setGlobalProxyFromEnv({
    http_proxy: forHttp,
    https_proxy: forHttps,
    no_proxy: except === '*' ? except : [except, 'localhost', '127.0.0.1', '::1', '[::1]'].filter(Boolean).join(),
  })
}

function proxyIn(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  // Like curl, treat a host and port without a scheme as an http proxy.
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url?.hostname && /^https?:$/.test(url.protocol)) return url.href
  throw new WrongUsage(`${name}: expected a URL such as http://proxy.example.com:3128`)
}
