/** What this authority said about tokens in the last hour: how often, and why it said no. */
import { Group, Text } from '@mantine/core'
import type { Found } from '@mintmark/client'
import { verdictCounts } from '@mintmark/contract'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { counted } from '../parts/time.tsx'
import { all } from '../server.ts'
import { useAccount } from '../session/account.ts'
import { now } from '../world.ts'

type Count = Found<typeof verdictCounts>

const minutes = 60
const minuteMilliseconds = 60_000
const everyMilliseconds = 15_000

/** The minute a bar stands for, and what was said in it. */
interface Bar {
  readonly at: number
  readonly good: number
  readonly refused: number
}

interface Hour {
  readonly bars: readonly Bar[]
  readonly reasons: readonly (readonly [reason: string, times: number])[]
}

function useHour() {
  const account = useAccount()
  return useQuery({
    queryKey: [verdictCounts.type, 'last hour', account.id],
    queryFn: async () => {
      const first = (Math.floor(now().getTime() / minuteMilliseconds) - minutes + 1) * minuteMilliseconds
      const filters = { account: account.id, after: new Date(first).toISOString() }
      return hourOf(first, await all(verdictCounts, 'list', { filters, sort: ['minute'] }))
    },
    // Not while nobody looks.
    refetchInterval: everyMilliseconds,
  })
}

function hourOf(first: number, rows: readonly Count[]): Hour {
  const bars = Array.from({ length: minutes }, (_, index) => ({
    at: first + index * minuteMilliseconds,
    good: 0,
    refused: 0,
  }))
  const reasons = new Map<string, number>()
  for (const { minute, outcome = '', times = 0 } of rows) {
    const bar = bars[(Date.parse(minute ?? '') - first) / minuteMilliseconds]
    if (!bar) continue
    bar[outcome === 'good' ? 'good' : 'refused'] += times
    if (outcome !== 'good') reasons.set(outcome, (reasons.get(outcome) ?? 0) + times)
  }
  return { bars, reasons: [...reasons].sort(([, one], [, other]) => other - one) }
}

export function VerdictCharts() {
  const hour = useHour()
  return (
    <>
      <Panel title="Verdicts per minute">
        <Loaded of={hour} rows={3}>
          {({ bars }) => <PerMinute bars={bars} />}
        </Loaded>
      </Panel>
      <Panel title="Refusals by reason">
        <Loaded of={hour} rows={2}>
          {({ reasons }) => <ByReason reasons={reasons} />}
        </Loaded>
      </Panel>
    </>
  )
}

const width = 600
const height = 110
const step = width / minutes

function PerMinute({ bars }: { bars: readonly Bar[] }) {
  const sum = (of: 'good' | 'refused') => bars.reduce((total, bar) => total + bar[of], 0)
  const most = Math.max(0, ...bars.map(({ good, refused }) => good + refused))
  const tall = (times: number) => (times === 0 ? 0 : Math.max(1.5, (times / most) * (height - 4)))
  const [good, refused] = [sum('good'), sum('refused')]
  const words = `${counted(good, 'token')} found good and ${counted(refused, 'refusal')} in the last hour, at most ${most.toLocaleString('en')} in a minute`
  return (
    <>
      <Group gap={16} mb={8}>
        <Legend tone="good" name="Good" times={good} />
        <Legend tone="refused" name="Refused" times={refused} />
      </Group>
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={words}
        preserveAspectRatio="none"
      >
        <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className="axis" />
        <line x1={0} x2={width} y1={3.5} y2={3.5} className="grid" />
        {bars.map((bar, index) => (
          <g key={bar.at}>
            <title>{`${clock(bar.at)}: ${bar.good} good, ${bar.refused} refused`}</title>
            <rect x={index * step} y={0} width={step} height={height} className="touch" />
            <rect
              x={index * step + 1}
              y={height - tall(bar.good)}
              width={step - 2}
              height={tall(bar.good)}
              className="good"
            />
            <rect
              x={index * step + 1}
              y={height - tall(bar.good) - tall(bar.refused)}
              width={step - 2}
              height={tall(bar.refused)}
              className="refused"
            />
          </g>
        ))}
      </svg>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {clock(bars[0]?.at ?? 0)}
        </Text>
        <Text size="xs" c="dimmed">
          {most === 0 ? 'quiet' : `at most ${most.toLocaleString('en')} a minute`}
        </Text>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
    </>
  )
}

function Legend({ tone, name, times }: { tone: 'good' | 'refused'; name: string; times: number }) {
  return (
    <Text size="sm" component="span" display="inline-flex" style={{ gap: 6, alignItems: 'center' }}>
      <span className={`swatch ${tone}`} aria-hidden />
      <span className="quiet">{name}</span> <b>{times.toLocaleString('en')}</b>
    </Text>
  )
}

function ByReason({ reasons }: { reasons: Hour['reasons'] }) {
  const most = Math.max(1, ...reasons.map(([, times]) => times))
  if (reasons.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No token was refused in the last hour.
      </Text>
    )
  return (
    <table className="reasons">
      <caption className="hidden-text">How often tokens were refused in the last hour, by reason</caption>
      <thead className="hidden-text">
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Times</th>
        </tr>
      </thead>
      <tbody>
        {reasons.map(([reason, times]) => (
          <tr key={reason}>
            <th scope="row">{words[reason] ?? reason.replaceAll('-', ' ')}</th>
            <td>
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
                <rect width={Math.max(1, (times / most) * 100)} height={8} className="refused" />
              </svg>
              <b>{times.toLocaleString('en')}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const words: Readonly<Record<string, string>> = {
  'token-revoked': 'Deleted',
  'token-expired': 'Expired',
  'owner-inactive': 'Owner is inactive',
  'not-from-this-network': 'From a network that is not allowed',
  'invalid-token': 'No token of this authority',
  'stale-replica': 'Could not be judged in time',
}

const hourAndMinute = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })
const clock = (at: number) => hourAndMinute.format(new Date(at))
