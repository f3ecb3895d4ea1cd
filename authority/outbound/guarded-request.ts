/**
 * Requests to addresses that somebody else named: webhooks, the keys of issuers. Whoever names a host must not reach through
 * this server what only it can reach, so every address the host resolves to is checked, and the connection is made to one
 * of the checked addresses. They are tried in turn, for the first may be dead. Nothing is looked up twice, so a name that
 * changes its mind changes nothing (DNS rebinding).
 *
 * Where Node was told to use a proxy, the proxy resolves the name and decides what can be reached; addresses in the URL
 * itself are checked all the same.
 */
import { lookup } from 'node:dns/promises'
import http, { type ClientRequest } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction, type TcpNetConnectOpts } from 'node:net'
import { reachOfAddress } from './public-address.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

export interface Reach {
  /** Whether private networks and this machine may be reached. Link-local and reserved addresses never are. */
  readonly allowPrivate: boolean
  /** The addresses of a host name; those of the system unless told. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>
}

interface GuardedOptions {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** How long one address may take to answer before the next is tried. */
  readonly attemptMilliseconds: number
}

/** The host is, or resolves to, nothing that may be reached. */
export class OutOfReach extends Error {
  override name = 'OutOfReach'
  readonly code = 'ERR_OUT_OF_REACH'
}

/** Not sent yet: the caller writes the body and ends it. Fails with `OutOfReach` before it connects. */
export function guardedRequest(url: URL, reach: Reach, options: GuardedOptions): ClientRequest {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !mayReach(host, reach)) throw new OutOfReach('no public address')
  const { attemptMilliseconds, ...rest } = options
  const asked: http.RequestOptions & Pick<TcpNetConnectOpts, 'autoSelectFamily' | 'autoSelectFamilyAttemptTimeout'> = {
    ...rest,
    agent: freshAgent(url),
    lookup: guardedLookup(reach),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMilliseconds,
  }
  return (url.protocol === 'https:' ? https : http).request(url, asked)
}

/** For a connection of its own: a kept one would be found by name, not by address. Its proxy is that of Node's global agent. */
function freshAgent(url: URL): http.Agent {
  const { Agent, globalAgent } = url.protocol === 'https:' ? https : http
  const { proxyEnv } = (globalAgent as { readonly options?: http.AgentOptions }).options ?? {}
  return new Agent({ keepAlive: false, proxyEnv })
}

/** The name stays in the request and its certificate; the connection goes to the very addresses that were looked at. */
function guardedLookup(reach: Reach): LookupFunction {
  const { resolve = resolveAll } = reach
  return (host, { all }, done) => {
    const found = resolve(host).then((addresses) => {
      const [first, ...others] = addresses.filter(({ address }) => mayReach(address, reach))
      if (!first) throw new OutOfReach('no public address')
      return [first, ...others] as const
    })
    found.then(
      (addresses) => (all ? done(null, [...addresses]) : done(null, addresses[0].address, addresses[0].family)),
      (error) => done(error, ''),
    )
  }
}

const resolveAll = (host: string) => lookup(host, { all: true })

function mayReach(address: string, { allowPrivate }: Reach): boolean {
  const reach = reachOfAddress(address)
  return reach === 'public' || (reach === 'private' && allowPrivate)
}
