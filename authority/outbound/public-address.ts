/** Classifies IP addresses, so that URLs that users configure cannot reach internal services (SSRF). */
import { BlockList, isIP } from 'node:net'

/** `private` needs the operator's permission. `blocked` is never allowed: link-local (cloud metadata services), multicast, reserved. */
export type AddressClass = 'public' | 'private' | 'blocked'

/** IANA special-purpose address registries (RFC 6890). IPv4-mapped IPv6 addresses are checked against the IPv4 rows. */
const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']
const reservedNetworks = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]

const privates = blockList([...privateNetworks, '::1/128'])
const reserved = blockList(reservedNetworks)
/** Allocated global unicast IPv6, and IPv4-mapped addresses. */
const global = blockList(['2000::/3', '::ffff:0:0/96'])

export function classifyAddress(address: string): AddressClass {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return 'blocked'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (wellKnown.check(address, family)) return classifyTranslated([lastFour(bytesOf(address))])
  if (localUse.check(address, family)) return classifyTranslated(candidatesIn(bytesOf(address)))
  if (reserved.check(address, family)) return 'blocked'
  if (privates.check(address, family)) return 'private'
  return family === 'ipv4' || global.check(address, family) ? 'public' : 'blocked'
}

/** NAT64: the well-known prefix (RFC 6052) and the local-use prefix (RFC 8215). */
const wellKnown = blockList(['64:ff9b::/96'])
const localUse = blockList(['64:ff9b:1::/48'])

/** Classifies a NAT64 address by the IPv4 addresses it may contain. Private ones are blocked, even with the operator's permission. */
function classifyTranslated(embedded: readonly string[]): AddressClass {
  return embedded.length > 0 && embedded.every((each) => classifyAddress(each) === 'public') ? 'public' : 'blocked'
}

/**
 * Returns the IPv4 addresses at the positions of RFC 6052, section 2.2, for prefixes of 96, 64, 56 and 48 bits. The prefix length
 * is unknown, so all must be public. 0.0.0.0/8 is padding and cannot be reached.
 */
function candidatesIn(bytes: Buffer): string[] {
  const from = (...positions: number[]) => positions.map((position) => bytes[position]).join('.')
  const candidates = [lastFour(bytes), from(9, 10, 11, 12), from(7, 9, 10, 11), from(6, 7, 9, 10)]
  return candidates.filter((candidate) => !candidate.startsWith('0.'))
}

const lastFour = (bytes: Buffer): string => bytes.subarray(12).join('.')

function bytesOf(address: string): Buffer {
  // The URL standard serializes IPv6 addresses in hexadecimal, with the longest run of zeros compressed.
  const [before = '', after = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0')))
  const [head, tail] = [groups(before), groups(after)]
  return Buffer.from([...head, ...Array(8 - head.length - tail.length).fill('0000'), ...tail].join(''), 'hex')
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
