/** Charts of the verdicts of the last hour: allowed and denied requests per minute, and reasons. */
import { Group, Text } from '@mantine/core'
import { Panel } from '../parts/page.tsx'
import { Loaded } from '../parts/states.tsx'
import { formatCount, formatTime } from '../parts/time.tsx'
import { type Bar, type Hour, minutes, useHour } from './last-hour.ts'

export function VerdictCharts() {
  const hour = useHour()
  return (
    <>
      <Panel title="Requests per minute">
        <Loaded of={hour} rows={3}>
          {({ bars }) => <PerMinute bars={bars} />}
        </Loaded>
      </Panel>
      <Panel title="Denied requests by reason">
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
  const sum = (of: 'allowed' | 'denied') => bars.reduce((total, bar) => total + bar[of], 0)
  const peak = Math.max(0, ...bars.map(({ allowed, denied }) => allowed + denied))
  const tall = (times: number) => (times === 0 ? 0 : Math.max(1.5, (times / peak) * (height - 4)))
  const [allowed, denied] = [sum('allowed'), sum('denied')]
  const words = `${formatCount(allowed, 'request')} allowed and ${denied.toLocaleString('en')} denied in the last hour, at most ${peak.toLocaleString('en')} per minute`
  return (
    <>
      <Group gap={16} mb={8}>
        <Legend tone="allowed" name="Allowed" times={allowed} />
        <Legend tone="denied" name="Denied" times={denied} />
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
            <title>{`${clock(bar.at)}: ${bar.allowed} allowed, ${bar.denied} denied`}</title>
            <rect x={index * step} y={0} width={step} height={height} className="touch" />
            <rect
              x={index * step + 1}
              y={height - tall(bar.allowed)}
              width={step - 2}
              height={tall(bar.allowed)}
              className="allowed"
            />
            <rect
              x={index * step + 1}
              y={height - tall(bar.allowed) - tall(bar.denied)}
              width={step - 2}
              height={tall(bar.denied)}
              className="denied"
            />
          </g>
        ))}
      </svg>
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">
          {clock(bars[0]?.at ?? 0)}
        </Text>
        <Text size="xs" c="dimmed">
          {peak === 0 ? 'no requests' : `peak: ${peak.toLocaleString('en')} per minute`}
        </Text>
        <Text size="xs" c="dimmed">
          now
        </Text>
      </Group>
    </>
  )
}

function Legend({ tone, name, times }: { tone: 'allowed' | 'denied'; name: string; times: number }) {
  return (
    <Text size="sm" component="span" display="inline-flex" style={{ gap: 6, alignItems: 'center' }}>
      <span className={`swatch ${tone}`} aria-hidden />
      <span className="quiet">{name}</span> <b>{times.toLocaleString('en')}</b>
    </Text>
  )
}

function ByReason({ reasons }: { reasons: Hour['reasons'] }) {
  const peak = Math.max(1, ...reasons.map(([, times]) => times))
  if (reasons.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No requests were denied in the last hour.
      </Text>
    )
  return (
    <table className="reasons">
      <caption className="hidden-text">Denied requests in the last hour by reason</caption>
      <thead className="hidden-text">
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">Requests</th>
        </tr>
      </thead>
      <tbody>
        {reasons.map(([reason, times]) => (
          <tr key={reason}>
            <th scope="row">{reasonLabels[reason] ?? reason.replaceAll('-', ' ')}</th>
            <td>
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
                <rect width={Math.max(1, (times / peak) * 100)} height={8} className="denied" />
              </svg>
              <b>{times.toLocaleString('en')}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const reasonLabels: Readonly<Record<string, string>> = {
  'token-revoked': 'Token revoked',
  'token-expired': 'Token expired',
  'owner-inactive': 'Owner inactive',
  'not-from-this-network': 'Network not allowed',
  'invalid-token': 'Invalid token',
  'stale-replica': 'Data not fresh enough',
}

const clock = (at: number) => formatTime(new Date(at))
