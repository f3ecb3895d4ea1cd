/** What those who act are handed to count with. */
export interface Counts {
  /** A token was refused, or what it asked for. */
  refused(code: string): void
  reportTaken(source: string, answer: string): void
  reportRefused(source: string, reason: string): void
  notificationSent(outcome: string): void
  /** Something happened to the replica that an operator should know. */
  replicaEvent(event: string): void
}

/** Where nobody may read the metrics. */
export const uncounted: Counts = {
  refused: () => undefined,
  reportTaken: () => undefined,
  reportRefused: () => undefined,
  notificationSent: () => undefined,
  replicaEvent: () => undefined,
}
