import { parseNetwork } from '../../verdicts/ip-address.ts'

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
