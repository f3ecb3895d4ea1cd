/** IP addresses and networks as values: parsed once, compared by their bits, never as text. */
import ipaddr from 'ipaddr.js'

/** A normalized address: IPv4 dotted, IPv6 as in RFC 5952. An IPv4-mapped IPv6 address becomes the IPv4 address. */
export interface IpAddress {
  readonly text: string
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[]
}

export interface IpNetwork {
  readonly text: string
  readonly bytes: readonly number[]
  readonly bits: number
}

/** How many leading bits of an IPv6 address identify a client: providers assign at least a /64. */
export const defaultIpv6Prefix = 64

/** Parses dotted IPv4 without leading zeros, or IPv6 without its zone id. Returns undefined for anything else. */
export function parseAddress(text: string): IpAddress | undefined {
  const parsed = parseBare(text.split('%', 1)[0] ?? '')
  return parsed && asValue(parsed)
}

/** Parses an address as proxies write it in `X-Forwarded-For`: with or without a port, IPv6 with or without brackets. */
export function parseForwarded(text: string): IpAddress | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)
  if (bracketed?.[1] !== undefined) return bracketed[1].includes(':') ? parseAddress(bracketed[1]) : undefined
  return parseAddress(text.replace(/^([\d.]+):\d{1,5}$/, '$1'))
}

/**
 * Parses `10.0.0.0/8`, `2001:db8::/32` or an address. Returns undefined for anything else, for bits beyond the prefix, for a
 * zone id and for an IPv4 network in IPv6 notation.
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', prefix, ...rest] = text.split('/')
  const parsed = parseBare(address)
  if (!parsed || rest.length > 0) return undefined
  const bytes = parsed.toByteArray()
  const bits = prefix === undefined ? bytes.length * 8 : Number(prefix)
  if (prefix !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined
  if (bits > bytes.length * 8 || !isBase(bytes, bits)) return undefined
  if (parsed.kind() === 'ipv6' && (parsed as ipaddr.IPv6).isIPv4MappedAddress()) return undefined
  return { text: `${parsed}/${bits}`, bytes, bits }
}

export function contains(network: IpNetwork, address: IpAddress): boolean {
  return (
    network.bytes.length === address.bytes.length &&
    network.bytes.every((byte, at) => agree(network, address, byte, at))
  )
}

/** 127.0.0.0/8 and ::1, in any notation. */
export const isLoopback = ({ bytes, text }: IpAddress): boolean =>
  bytes.length === 4 ? bytes[0] === 127 : text === '::1'

/**
 * The key by which rate limits count clients: the IPv4 address, or the network of an IPv6 address, because one host has
 * billions of addresses in it. All unparsable addresses share one key.
 */
export function clientKey(address: string, ipv6Prefix: number = defaultIpv6Prefix): string {
  // Fast path: the address of an IPv4 socket is already normalized.
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return address
  const parsed = parseAddress(address)
  if (!parsed) return 'unknown'
  return parsed.bytes.length === 4 ? parsed.text : networkText(parsed, ipv6Prefix)
}

/** Returns the network of an address with a prefix of `bits`. */
function networkText({ bytes }: IpAddress, bits: number): string {
  const base = bytes.map((byte, at) => byte & maskAt(bits, at))
  return `${ipaddr.fromByteArray(base)}/${bits}`
}

function parseBare(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const hexadecimal = withoutDots(text)
  return hexadecimal !== undefined && ipaddr.IPv6.isValid(hexadecimal) ? ipaddr.IPv6.parse(hexadecimal) : undefined
}

/** Strict, because the library also accepts octal and shortened forms, which other programs read differently. */
function parseIpv4(text: string): ipaddr.IPv4 | undefined {
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined
}

/** Rewrites a dotted end (RFC 4291 section 2.2), because the library reads `::127.0.0.1` as `::ffff:127.0.0.1`. */
function withoutDots(text: string): string | undefined {
  if (text.includes('%')) return undefined
  if (!text.includes('.')) return text
  const end = text.lastIndexOf(':') + 1
  const dotted = parseIpv4(text.slice(end))
  if (!dotted) return undefined
  const [one = 0, two = 0, three = 0, four = 0] = dotted.octets
  return `${text.slice(0, end)}${((one << 8) | two).toString(16)}:${((three << 8) | four).toString(16)}`
}

function asValue(parsed: ipaddr.IPv4 | ipaddr.IPv6): IpAddress {
  const mapped = parsed.kind() === 'ipv6' && (parsed as ipaddr.IPv6).isIPv4MappedAddress()
  const plain = mapped ? (parsed as ipaddr.IPv6).toIPv4Address() : parsed
  return { text: plain.toString(), bytes: plain.toByteArray() }
}

const maskAt = (bits: number, at: number): number => (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff

const agree = ({ bits }: IpNetwork, { bytes }: IpAddress, byte: number, at: number): boolean =>
  ((byte ^ (bytes[at] as number)) & maskAt(bits, at)) === 0

const isBase = (bytes: readonly number[], bits: number): boolean =>
  bytes.every((byte, at) => (byte & maskAt(bits, at)) === byte)
