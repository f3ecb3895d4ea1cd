/**
 * Requests to URLs that users configure, such as webhooks and the keys of OIDC issuers. They must not reach internal services
 * (SSRF): the server checks every address that the host resolves to and connects only to checked ones, in turn. It resolves
 * the name once, which prevents DNS rebinding.
 *
 * If Node is configured to use a proxy, the proxy resolves the name and decides what can be reached. Addresses in the URL
 * itself are still checked.
 */
import { lookup } from 'node:dns/promises'
import http, { type ClientRequest } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction, type TcpNetConnectOpts } from 'node:net'
import { type AddressClass, classifyAddress } from './public-address.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

export interface ReachOptions {
  /** Whether to allow private networks and this machine. Link-local and reserved addresses are never allowed. */
  readonly allowPrivate: boolean
  /** Resolves a host name. The default is the resolver of the system. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

interface GuardedOptions {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** The time for one address to connect before the next one is tried. */
  readonly attemptMilliseconds: number
}

/** The host has no address that is allowed. */
export class AddressNotAllowed extends Error {
  override name = 'AddressNotAllowed'
  readonly code = 'ERR_ADDRESS_NOT_ALLOWED'
}

/** Returns a request that the caller writes and ends. Throws or emits `AddressNotAllowed` before it connects. */
export function guardedRequest(url: URL, reach: ReachOptions, options: GuardedOptions): ClientRequest {
  const host = addressIn(url.hostname)
  if (isIP(host) !== 0 && !mayReach(host, reach)) throw new AddressNotAllowed('no public address')
  const { attemptMilliseconds, ...rest } = options
  const requestOptions: http.RequestOptions &
    Pick<TcpNetConnectOpts, 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'> = {
    ...rest,
    agent: freshAgent(url),
    lookup: guardedLookup(reach),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMilliseconds,
  }
  return (url.protocol === 'https:' ? https : http).request(url, requestOptions)
}

/** Removes the brackets of an IPv6 address. */
const addressIn = (hostname: string) => hostname.replace(/^\[|\]$/g, '')

/** Classifies the host of a URL without resolving it; undefined for a name, other than `localhost`, whose addresses are not known. */
export function classifyHost(hostname: string): AddressClass | undefined {
  const host = addressIn(hostname)
  if (isIP(host) !== 0) return classifyAddress(host)
  return /(?:^|\.)localhost\.?$/.test(host) ? 'private' : undefined
}

/** A separate connection: a pooled one is reused by host name, without a check of its address. Uses the proxy of Node's global agent. */
function freshAgent(url: URL): http.Agent {
  const { Agent, globalAgent } = url.protocol === 'https:' ? https : http
  const { proxyEnv } = (globalAgent as { readonly options?: http.AgentOptions }).options ?? {}
  return new Agent({ keepAlive: false, proxyEnv })
}

/** Connects to the checked addresses. The request and the certificate check keep the host name. */
function guardedLookup(reach: ReachOptions): LookupFunction {
  const { resolve = resolveAll } = reach
  return (host, { all }, done) => {
    const allowed = resolve(host).then((addresses) => {
      const [first, ...others] = addresses.filter(({ address }) => mayReach(address, reach))
      if (!first) throw new AddressNotAllowed('no public address')
      return [first, ...others] as const
    })
    allowed.then(
      (addresses) => (all ? done(null, [...addresses]) : done(null, addresses[0].address, addresses[0].family)),
      (error) => done(error, ''),
    )
  }
}

const resolveAll = (host: string) => lookup(host, { all: true })

function mayReach(address: string, { allowPrivate }: ReachOptions): boolean {
  const addressClass = classifyAddress(address)
  return addressClass === 'public' || (addressClass === 'private' && allowPrivate)
}
