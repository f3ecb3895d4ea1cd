/** Where a webhook may lead. Whoever may name an address must not reach through us what only we can reach. */
import { BlockList, isIP } from 'node:net'

/** `private` takes the operator's leave; `never` is no receiver: link-local (clouds tell secrets there), multicast, reserved. */
export type Reach = 'public' | 'private' | 'never'

/** IANA special-purpose address registries (RFC 6890). Addresses of IPv4 within IPv6 are held against the rows of IPv4. */
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
/** All of IPv6 that is given out to anybody, and IPv4 written as IPv6. */
const global = blockList(['2000::/3', '::ffff:0:0/96'])

export function reachOfAddress(address: string): Reach {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return 'never'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (wellKnown.check(address, family)) return throughTranslator([lastFour(bytesOf(address))])
  if (localUse.check(address, family)) return throughTranslator(readingsOf(bytesOf(address)))
  if (reserved.check(address, family)) return 'never'
  if (privates.check(address, family)) return 'private'
  return family === 'ipv4' || global.check(address, family) ? 'public' : 'never'
}

/** NAT64: the well-known prefix (RFC 6052), and the one that networks divide as they like (RFC 8215). */
const wellKnown = blockList(['64:ff9b::/96'])
const localUse = blockList(['64:ff9b:1::/48'])

/** What stands behind a translator is judged by its IPv4 address, and is public or out of reach, whatever the leave. */
function throughTranslator(embedded: readonly string[]): Reach {
  return embedded.length > 0 && embedded.every((each) => reachOfAddress(each) === 'public') ? 'public' : 'never'
}

/**
 * Where RFC 6052 section 2.2 would find an IPv4 address, for prefixes of 96, 64, 56 and 48 bits: only the network knows which it
 * uses, so all must be public. What reads as 0.0.0.0/8 is padding, for nothing can be reached there.
 */
function readingsOf(bytes: Buffer): string[] {
  const from = (...places: number[]) => places.map((place) => bytes[place]).join('.')
  const readings = [lastFour(bytes), from(9, 10, 11, 12), from(7, 9, 10, 11), from(6, 7, 9, 10)]
  return readings.filter((reading) => !reading.startsWith('0.'))
}

const lastFour = (bytes: Buffer): string => bytes.subarray(12).join('.')

function bytesOf(address: string): Buffer {
  // The URL standard has one way to write an address: hexadecimal, the longest run of zeros left out.
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
