/** Metrics that are measured when they are read: queues, overdue work and staleness. */
import { Secret } from '@mintmark/token'
import { countOverdue } from './audit/seal.ts'
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import { countFound } from './leaks/found-token-store.ts'
import { countAlerts } from './leaks/github-alert-store.ts'
import type { Measured } from './metrics/metrics.ts'
import { countWaiting } from './notifications/delivery-store.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'

export function measured({ read, storage }: Database, world: World, replica: LiveReplica): Measured {
  return {
    notices_waiting: { help: 'Notices that are still to be sent.', measure: () => countWaiting(read) },
    leak_reports_waiting: {
      help: 'Found tokens that were reported and are still to be worked on.',
      measure: () => countFound(read),
    },
    alerts_waiting: { help: 'Alerts of GitHub that are still to be looked at.', measure: () => countAlerts(read) },
    audit_rows_unsealed: {
      help: 'Audit rows that are in no chain a minute after the deed. Any is an alarm.',
      measure: () => countOverdue(read, world.now()),
    },
    storage_writable: {
      help: 'Whether the files of the database are in place and its disk has space for what is new. 0 is an alarm.',
      measure: () => Number(!storage || (storage.trouble() === null && storage.space() === 'enough')),
    },
    knowledge_age_seconds: {
      help: 'Since when what this node knows of tokens was certainly complete.',
      measure: () => replica.age / 1_000,
    },
    clock_offset_seconds: {
      help: 'How far the clock of the database is ahead of this machine. More than 2 in either direction is an alarm.',
      measure: () => (replica.clock?.offset ?? 0) / 1_000,
    },
  }
}

/** Loaded on demand: the metrics library takes several MB of memory. */
export async function openWatch(token: string, measured: Measured) {
  const { openMetrics } = await import('./metrics/metrics.ts')
  return { token: new Secret(token), metrics: openMetrics(measured) }
}
