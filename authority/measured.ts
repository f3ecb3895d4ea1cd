/** Metrics that are measured when they are read: queues, overdue work and staleness. */
import { Secret } from '@mintmark/token'
import { countOverdue } from './audit/seal.ts'
import type { World } from './context.ts'
import type { Database } from './database/database.ts'
import { countAlerts } from './leaks/github/github-alert-store.ts'
import { countFound } from './leaks/queue/found-token-store.ts'
import type { Measured } from './metrics/metrics.ts'
import { countPending } from './notifications/delivery-store.ts'
import type { LiveReplica } from './verdicts/live-replica.ts'

export function gauges({ read, storage }: Database, world: World, replica: LiveReplica): Measured {
  return {
    notifications_waiting: { help: 'Notifications waiting to be sent.', measure: () => countPending(read) },
    leak_reports_waiting: {
      help: 'Reported tokens waiting to be processed.',
      measure: () => countFound(read),
    },
    alerts_waiting: { help: 'GitHub alerts waiting to be processed.', measure: () => countAlerts(read) },
    audit_rows_unsealed: {
      help: 'Audit events not sealed within a minute. Any is an alarm.',
      measure: () => countOverdue(read, world.now()),
    },
    storage_writable: {
      help: 'Whether the database files are intact and the disk has enough space. 0 is an alarm.',
      worst: 'lowest',
      measure: () => Number(!storage || (storage.trouble() === null && storage.space() === 'enough')),
    },
    replica_staleness_seconds: {
      help: 'Staleness of the replica: seconds since it was last known to be complete.',
      measure: () => replica.age / 1_000,
    },
    clock_offset_seconds: {
      help: 'How far the clock of the database is ahead of this machine. More than 2 in either direction is an alarm.',
      measure: () => (replica.clock?.offset ?? 0) / 1_000,
    },
  }
}

/** Loaded on demand: the metrics library takes several MB of memory. */
export async function loadMetrics(token: string, measured: Measured) {
  const { openMetrics } = await import('./metrics/metrics.ts')
  return { token: new Secret(token), metrics: openMetrics(measured) }
}
