import { contains, type IpNetwork, isLoopback, parseAddress, parseNetwork } from './ip-address.ts'

export type Network = IpNetwork

interface AllowList {
  readonly id: string
  readonly allowedIps: readonly string[]
}

/** The networks of each account. An unparsable entry becomes a network that contains no address. */
export function networksOf(accounts: readonly AllowList[]): ReadonlyMap<string, readonly Network[]> {
  return new Map(accounts.map(({ id, allowedIps }) => [id, allowedIps.map((text) => parseNetwork(text) ?? nothing)]))
}

const nothing: Network = { text: '', bytes: [], bits: 0 }

/** The network to which activity from an address is attributed: its /24, or for IPv6 its /48. Undefined if it is no address. */
export function networkOf(address: string): string | undefined {
  const bytes = parseAddress(address)?.bytes
  if (!bytes) return undefined
  if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.0/24`
  const group = (at: number) => (((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16)
  return `${group(0)}:${group(2)}:${group(4)}::/48`
}

/**
 * Whether tokens of an account may be used from an address. Loopback is always allowed, so that operators cannot lock
 * themselves out.
 */
export function isAllowed(networks: readonly Network[], address: string): boolean {
  if (networks.length === 0) return true
  const parsed = parseAddress(address)
  return parsed !== undefined && (isLoopback(parsed) || networks.some((network) => contains(network, parsed)))
}
