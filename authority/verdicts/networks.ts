import { contains, type IpNetwork, isLoopback, parseAddress, parseNetwork } from './ip-address.ts'

export type Network = IpNetwork

interface AllowList {
  readonly id: string
  readonly allowedIps: readonly string[]
}

/** Of each account. An entry that cannot be read still counts as one: nothing is in it. */
export function networksOf(accounts: readonly AllowList[]): ReadonlyMap<string, readonly Network[]> {
  return new Map(accounts.map(({ id, allowedIps }) => [id, allowedIps.map((text) => parseNetwork(text) ?? nothing)]))
}

const nothing: Network = { text: '', bytes: [], bits: 0 }

/** The network an address is counted to: its /24, of IPv6 its /48; undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  const bytes = parseAddress(address)?.bytes
  if (!bytes) return undefined
  if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.0/24`
  const group = (at: number) => (((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16)
  return `${group(0)}:${group(2)}:${group(4)}::/48`
}

/** Whether an address may use the tokens of an account. Loopback always may, so that nobody locks themselves out. */
export function isAllowed(networks: readonly Network[], address: string): boolean {
  if (networks.length === 0) return true
  const parsed = parseAddress(address)
  return parsed !== undefined && (isLoopback(parsed) || networks.some((network) => contains(network, parsed)))
}
