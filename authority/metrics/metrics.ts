/**
 * Prometheus metrics, counted in memory since the process started. Labels are codes, sources and outcomes from lists that are
 * fixed at start, never IDs, names or addresses.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Counts } from './counts.ts'

export interface Metrics extends Counts {
  readonly contentType: string
  text(): Promise<string>
}

/** Gauges, measured when the metrics are read. */
export interface Measured {
  readonly [name: string]: { readonly help: string; measure(): number | Promise<number> }
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
  for (const [name, { help, measure }] of Object.entries(measured)) {
    const gauge: Gauge = new Gauge({
      name: `mintmark_${name}`,
      help,
      registers: [registry],
      // A failing measurement must not prevent the others.
      collect: async () => gauge.set(await Promise.resolve(measure()).catch(() => Number.NaN)),
    })
  }
  return {
    refused: (code) => refused.inc({ code }),
    reportAccepted: (source, action) => reports.inc({ source, action }),
    reportRefused: (source, reason) => reportsRefused.inc({ source, reason }),
    notificationSent: (outcome) => deliveries.inc({ outcome }),
    replicaEvent: (event) => replica.inc({ event }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
