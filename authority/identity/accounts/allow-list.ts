import { parseAddress, parseNetwork } from '../../verdicts/ip-address.ts'
import { isAllowed, networksOf } from '../../verdicts/networks.ts'

const families = {
  // The same text as in Scalr's API.
  allowedIps: { bytes: 4, detail: 'value is not a valid IPv4 network' },
  allowedIpv6: { bytes: 16, detail: 'Expected an IPv6 network such as 2001:db8::/32, without bits beyond its prefix.' },
} as const

type Name = keyof typeof families
export type AllowLists = Partial<Record<Name, readonly string[]>>

interface AllowListFault {
  readonly name: Name
  readonly index: number
  readonly detail: string
}

/** Normalizes the networks that were sent. An address counts as a network of one host (attributes.tsv, allowed-ips). */
export function readAllowLists(sent: AllowLists): { lists: AllowLists; faults: AllowListFault[] } {
  const lists: Partial<Record<Name, readonly string[]>> = {}
  const faults: AllowListFault[] = []
  for (const name of Object.keys(families) as Name[]) {
    const { bytes, detail } = families[name]
    const list = sent[name]?.map((text, index) => {
      const network = parseNetwork(text)
      if (network?.bytes.length !== bytes) faults.push({ name, index, detail })
      return network?.text ?? text
    })
    if (list) lists[name] = list
  }
  return { lists, faults }
}

/** Whether the lists exclude an address that `confirmedAddress` does not name, so that the caller would be locked out unawares. */
export function locksOut(
  { allowedIps, allowedIpv6 }: Required<AllowLists>,
  { address, confirmedAddress }: { readonly address: string; readonly confirmedAddress: string | undefined },
): boolean {
  const [networks = []] = networksOf([{ id: '', allowedIps: [...allowedIps, ...allowedIpv6] }]).values()
  return !isAllowed(networks, address) && !isSameAddress(address, confirmedAddress)
}

const isSameAddress = (address: string, other: string | undefined): boolean =>
  other !== undefined && normalized(other.trim()) === normalized(address)

const normalized = (address: string): string => parseAddress(address)?.text ?? address
