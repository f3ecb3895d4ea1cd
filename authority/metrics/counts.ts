/** Counters that other modules increment. */
export interface Counts {
  /** A token or a request was refused. */
  refused(code: string): void
  reportAccepted(source: string, action: string): void
  reportRefused(source: string, reason: string): void
  notificationSent(outcome: string): void
  /** An event of the replica that operators should know about. */
  replicaEvent(event: string): void
}

/** Used if no metrics token is configured. */
export const noCounts: Counts = {
  refused: () => undefined,
  reportAccepted: () => undefined,
  reportRefused: () => undefined,
  notificationSent: () => undefined,
  replicaEvent: () => undefined,
}
