/** The overview of the account: findings, counts, and tokens by day of expiry. */
import { basePath, camel, type EndpointOf, type EndpointResponse, findings, limits } from '@mintmark/contract'
import { queryOptions } from '@tanstack/react-query'
import { formatCount } from '../parts/time.tsx'
import { fetchText } from '../server.ts'
import { timeZone } from '../session/time-zone.ts'
import type { Finding, FindingKind } from './finding-text.tsx'

type Declared = EndpointOf<'getAccountOverview'>['responses'][200] extends EndpointResponse<infer T> ? T : never

export interface FindingsOfKind {
  readonly kind: FindingKind
  readonly count: number
  readonly first: readonly Finding[]
}

export type Overview = Omit<Declared, 'findings'> & { readonly findings: readonly FindingsOfKind[] }

/** The key has the type of findings, which every change invalidates. */
export const overviewQuery = (account: string) =>
  queryOptions({
    queryKey: [findings.type, 'overview', account],
    queryFn: async () => {
      const zone = encodeURIComponent(timeZone())
      const text = await fetchText(`${basePath}/accounts/${account}/overview?time-zone=${zone}`)
      return withCamelNames(JSON.parse(text)) as Overview
    },
  })

function withCamelNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCamelNames)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), withCamelNames(member)]))
}

/** Formats a count that stops after a limit: "1,000+" beyond it. */
export const formatLimited = (count: number, most: number): string =>
  count > most ? `${most.toLocaleString('en')}+` : count.toLocaleString('en')

/** Formats the sum of the findings: "1,000+ findings" if one of the counts stopped. */
export function countFindings(groups: readonly FindingsOfKind[]): string {
  const most = limits.countedMatches
  const sum = groups.reduce((total, { count }) => total + Math.min(count, most), 0)
  return groups.some(({ count }) => count > most)
    ? `${sum.toLocaleString('en')}+ findings`
    : formatCount(sum, 'finding')
}
