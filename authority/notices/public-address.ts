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
  if (reserved.check(address, family)) return 'never'
  if (privates.check(address, family)) return 'private'
  return family === 'ipv4' || global.check(address, family) ? 'public' : 'never'
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
