/**
 * What is counted for whoever runs the server, in memory since the process began, as Prometheus reads it. A label says a
 * code, a source or an outcome, each of a list that is fixed when the process starts: never an id, a name or an address.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Counts } from './counts.ts'

export interface Metrics extends Counts {
  readonly contentType: string
  text(): Promise<string>
}

/** Asked for when the metrics are read. */
export interface Measured {
  readonly [name: string]: { readonly help: string; measure(): number | Promise<number> }
}

export function openMetrics(measured: Measured): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Counter({ name: `mintmark_${name}`, help, labelNames, registers: [registry] })
  const refused = counter('refusals_total', 'Tokens that were refused, or what they asked for, by code.', 'code')
  const taken = counter('leak_reports_taken_total', 'Found tokens reported, by source and answer.', 'source', 'answer')
  const turnedAway = counter(
    'leak_reports_refused_total',
    'Calls that report found tokens and were refused, by source and reason.',
    'source',
    'reason',
  )
  const replica = counter(
    'replica_events_total',
    'Events that an operator should know: the database was replaced, the replica was reloaded or healed, the clock differs.',
    'event',
  )
  const sent = counter('notifications_sent_total', 'Attempts to send a notification, by outcome.', 'outcome')
  for (const [name, { help, measure }] of Object.entries(measured)) {
    const gauge: Gauge = new Gauge({
      name: `mintmark_${name}`,
      help,
      registers: [registry],
      // What cannot be told right now keeps nothing else from being told.
      collect: async () => gauge.set(await Promise.resolve(measure()).catch(() => Number.NaN)),
    })
  }
  return {
    refused: (code) => refused.inc({ code }),
    reportTaken: (source, answer) => taken.inc({ source, answer }),
    reportRefused: (source, reason) => turnedAway.inc({ source, reason }),
    notificationSent: (outcome) => sent.inc({ outcome }),
    replicaEvent: (event) => replica.inc({ event }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
