/** The verdicts of the last hour by minute. */
import type { Found } from '@mintmark/client'
import { verdictCounts } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { all } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { now } from '../world.ts'

type VerdictCount = Found<typeof verdictCounts>

export const minutes = 60
const minuteMilliseconds = 60_000
const refetchMilliseconds = 15_000

/** One minute of the chart. */
export interface Bar {
  readonly at: number
  readonly allowed: number
  readonly denied: number
}

export interface Hour {
  readonly bars: readonly Bar[]
  readonly reasons: readonly (readonly [reason: string, times: number])[]
}

export function useHour() {
  const account = useAccount()
  return useQuery({
    queryKey: [verdictCounts.type, 'last hour', account.id],
    queryFn: async () => {
      const first = (Math.floor(now().getTime() / minuteMilliseconds) - minutes + 1) * minuteMilliseconds
      const filters = { account: account.id, after: new Date(first).toISOString() }
      return hourOf(first, await all(verdictCounts, 'list', { filters, sort: ['minute'] }))
    },
    // Paused while the tab is hidden.
    refetchInterval: refetchMilliseconds,
  })
}

function hourOf(first: number, rows: readonly VerdictCount[]): Hour {
  const bars = Array.from({ length: minutes }, (_, index) => ({
    at: first + index * minuteMilliseconds,
    allowed: 0,
    denied: 0,
  }))
  const reasons = new Map<string, number>()
  for (const { minute, outcome = '', times = 0 } of rows) {
    const bar = bars[(Date.parse(minute ?? '') - first) / minuteMilliseconds]
    if (!bar) continue
    bar[outcome === 'good' ? 'allowed' : 'denied'] += times
    if (outcome !== 'good') reasons.set(outcome, (reasons.get(outcome) ?? 0) + times)
  }
  return { bars, reasons: [...reasons].sort(([, one], [, other]) => other - one) }
}
