/**
 * Prometheus metrics, counted in memory since the process started. Labels are codes, sources and outcomes from lists that are
 * fixed at start, never IDs, names or addresses.
 */
import cluster from 'node:cluster'
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Counts } from './counts.ts'
import { metricsOfAllWorkers } from './worker-metrics.ts'

export interface Metrics extends Counts {
  readonly contentType: string
  text(): Promise<string>
}

/** Gauges, measured when the metrics are read. Of several workers, the highest value counts, unless the lowest is the worst. */
export interface Measured {
  readonly [name: string]: {
    readonly help: string
    readonly worst?: 'lowest'
    measure(): number | Promise<number>
  }
}

export function openMetrics(measured: Measured): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Counter({ name: `mintmark_${name}`, help, labelNames, registers: [registry] })
  const refused = counter('refusals_total', 'Refused tokens and requests, by code.', 'code')
  const reports = counter(
    'leak_reports_accepted_total',
    'Reported tokens, by source and action taken.',
    'source',
    'action',
  )
  const reportsRefused = counter(
    'leak_reports_refused_total',
    'Refused requests that report tokens, by source and reason.',
    'source',
    'reason',
  )
  const replica = counter(
    'replica_events_total',
    'Replica events: the database was replaced, the replica was reloaded or repaired, the clock differs.',
    'event',
  )
  const deliveries = counter('notifications_sent_total', 'Attempts to deliver a notification, by outcome.', 'outcome')
  for (const [name, { help, worst, measure }] of Object.entries(measured)) {
    const gauge: Gauge = new Gauge({
      name: `mintmark_${name}`,
      help,
      registers: [registry],
      aggregator: worst === 'lowest' ? 'min' : 'max',
      // A failing measurement must not prevent the others.
      collect: async () => gauge.set(await Promise.resolve(measure()).catch(() => Number.NaN)),
    })
  }
  if (cluster.isWorker) {
    AggregatorRegistry.setRegistries(registry)
    // Answers when the primary process collects the metrics.
    new AggregatorRegistry()
  }
  return {
    refused: (code) => refused.inc({ code }),
    reportAccepted: (source, action) => reports.inc({ source, action }),
    reportRefused: (source, reason) => reportsRefused.inc({ source, reason }),
    notificationSent: (outcome) => deliveries.inc({ outcome }),
    replicaEvent: (event) => replica.inc({ event }),
    contentType: registry.contentType,
    text: () => (cluster.isWorker ? metricsOfAllWorkers() : registry.metrics()),
  }
}
