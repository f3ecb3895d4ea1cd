import { isIP } from 'node:net'

/** IPv4 networks of an account's allow list. */
export interface Network {
  readonly base: number
  readonly mask: number
}

/** Reads `10.0.0.0/8` or a plain address. Undefined when it is neither or has bits beyond its mask. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text)
  if (!match) return undefined
  const parts = match.slice(1, 5).map(Number)
  const bits = match[5] === undefined ? 32 : Number(match[5])
  if (bits > 32 || parts.some((part, i) => part > 255 || String(part) !== match[i + 1])) return undefined
  const base = parts.reduce((sum, part) => sum * 256 + part, 0)
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  return (base & mask) >>> 0 === base ? { base, mask } : undefined
}

/** Of each account; every one was checked when it was written. */
export function networksOf(
  accounts: readonly { readonly id: string; readonly allowedIps: readonly string[] }[],
): ReadonlyMap<string, readonly Network[]> {
  return new Map(accounts.map(({ id, allowedIps }) => [id, allowedIps.flatMap((text) => parseNetwork(text) ?? [])]))
}

/** The network an address is counted to: its /24, of IPv6 its /48; undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  if (isIP(plain) === 4) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`
  if (isIP(plain) !== 6) return undefined
  const [before = '', after] = (plain.split('%')[0] as string).split('::')
  const head = before === '' ? [] : before.split(':')
  const groups = after === undefined ? head : [...head, '0', '0', '0']
  const [one, two, three] = groups.map((group) => Number.parseInt(group, 16).toString(16))
  return `${one ?? '0'}:${two ?? '0'}:${three ?? '0'}::/48`
}

/** Whether a network address is let in. Loopback always is, so that nobody locks themselves out of the machine. */
export function isAllowed(networks: readonly Network[], address: string): boolean {
  if (networks.length === 0) return true
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  if (plain === '::1' || plain.startsWith('127.')) return true
  const own = parseNetwork(plain)
  return own !== undefined && networks.some(({ base, mask }) => (own.base & mask) >>> 0 === base)
}
