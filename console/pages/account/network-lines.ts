/** The allowed networks of an account as text with one network per line, although the API has a list for each IP version. */
import type { Fault } from '@mintmark/client'

export interface NetworkLines {
  readonly allowedIps: string[]
  readonly allowedIpv6: string[]
}

export const textOfNetworks = ({ allowedIps, allowedIpv6 }: NetworkLines): string =>
  [...allowedIps, ...allowedIpv6].join('\n')

export function parseNetworkLines(text: string): NetworkLines {
  const networks = linesIn(text).map(({ network }) => network)
  return {
    allowedIps: networks.filter((network) => !isIpv6(network)),
    allowedIpv6: networks.filter(isIpv6),
  }
}

/** Returns the errors of the server with their line numbers, such as "Line 2: …"; the rest without. */
export function lineErrors(text: string, faults: readonly Pick<Fault, 'pointer' | 'detail'>[]): string[] {
  const lines = linesIn(text)
  const inList = {
    'allowed-ips': lines.filter(({ network }) => !isIpv6(network)),
    'allowed-ipv6': lines.filter(({ network }) => isIpv6(network)),
  }
  return faults.flatMap(({ pointer, detail }) => {
    const [, list, index] = /^\/data\/attributes\/(allowed-ips|allowed-ipv6)(?:\/(\d+))?$/.exec(pointer ?? '') ?? []
    if (list === undefined) return []
    const line = inList[list as keyof typeof inList][Number(index)]
    return [line ? `Line ${line.number}: ${line.network} is not a network such as ${examples[list]}.` : (detail ?? '')]
  })
}

const examples: Readonly<Record<string, string>> = { 'allowed-ips': '203.0.113.0/24', 'allowed-ipv6': '2001:db8::/32' }

const isIpv6 = (network: string): boolean => network.includes(':')

const linesIn = (text: string) =>
  text
    .split('\n')
    .map((line, index) => ({ network: line.trim(), number: index + 1 }))
    .filter(({ network }) => network !== '')
