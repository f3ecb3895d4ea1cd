/** How far a reader of the change feed has come, and whether what it reads next is newer. Pure. */

export interface Change {
  readonly sequence: number
  readonly kind: string
  readonly key: string
  /** Random: tells a change from another that took its number after a restore. Null in rows of older versions. */
  readonly mark: string | null
}

/** What a PostgreSQL transaction sees: everything below `xmin`, and below `xmax` what is not in `running`. */
export interface Snapshot {
  readonly xmin: bigint
  readonly xmax: bigint
  readonly running: ReadonlySet<bigint>
}

/** One look at the feed. */
export interface FeedAnswer {
  /** Which database this is: differs after a restore, a failover and a restart of the server. */
  readonly origin: string
  /** Null where reads always see the newest data (SQLite). */
  readonly snapshot: Snapshot | null
  /** The lowest number that is kept; 0 when there is none. */
  readonly oldest: number
  readonly newest: number
  /** The change that bears the number of the reader's position, if it is there. */
  readonly last: Change | undefined
  /** What followed it, and what was found in its holes, in order. */
  readonly changes: readonly Change[]
  /**
   * Every transaction that took a number below the newest has an id below this. Not `xmax`: ids from there on may be given
   * already, to transactions that have not ended. Known only when numbers were passed over, else 0.
   */
  readonly takenBelow: bigint
  /** The clock of the database in milliseconds since 1970; null where it is this machine's. */
  readonly time: number | null
  /** Milliseconds from the begin of the transaction that read this until it was read. */
  readonly transactionAge: number
}

export interface Position {
  readonly origin: string
  readonly snapshot: Snapshot | null
  /** The highest number seen. */
  readonly sequence: number
  readonly last: Change | undefined
  /** Numbers that were passed over, each with `takenBelow` of that moment: their transactions may still commit. */
  readonly holes: ReadonlyMap<number, bigint>
}

/** The data is older than what the reader has: it must not be applied. */
export class OlderThanKnown extends Error {
  override name = 'OlderThanKnown'
}

export type Step =
  | { readonly kind: 'ahead'; readonly changes: readonly Change[]; readonly position: Position }
  /** Changes were deleted before they were read. Everything has to be read again. */
  | { readonly kind: 'behind'; readonly reason: string }
  /** It is not the database that was read before: restored, replaced, or another server took over. */
  | { readonly kind: 'replaced'; readonly reason: string }

/** Throws `OlderThanKnown`. */
export function advance(position: Position, answer: FeedAnswer): Step {
  if (answer.origin !== position.origin) return { kind: 'replaced', reason: 'another server or database answers' }
  refuseOlder(position, answer)
  if (position.last === undefined ? answer.oldest > 1 : answer.oldest > position.sequence)
    return { kind: 'behind', reason: 'changes were deleted before this node read them' }
  if (!isSame(position.last, answer.last))
    return { kind: 'replaced', reason: 'the newest change that was read is not there' }
  const holes = new Map(position.holes)
  let { sequence, last } = position
  for (const change of answer.changes) {
    holes.delete(change.sequence)
    if (change.sequence <= sequence) continue
    if (answer.snapshot)
      for (let missed = sequence + 1; missed < change.sequence; missed++) holes.set(missed, answer.takenBelow)
    sequence = change.sequence
    last = change
  }
  // A hole stays empty when every transaction that may have taken its number has ended.
  if (answer.snapshot) for (const [missed, below] of holes) if (answer.snapshot.xmin >= below) holes.delete(missed)
  const { origin, snapshot } = answer
  return { kind: 'ahead', changes: answer.changes, position: { origin, snapshot, sequence, last, holes } }
}

/** Throws `OlderThanKnown` when the same server shows less than it did before. */
export function refuseOlder(position: Position, answer: FeedAnswer): void {
  if (isOlder(position, answer))
    throw new OlderThanKnown('The connection sees an older state of the database than the one already read.')
}

export function isOlder(position: Position, answer: FeedAnswer): boolean {
  if (answer.origin !== position.origin || !position.snapshot) return false
  return !answer.snapshot || !isAtLeast(answer.snapshot, position.snapshot)
}

/** The position of a reader that has read everything in the snapshot of this answer. `missing` are the numbers it did not find. */
export function startAt(answer: FeedAnswer, missing: readonly number[]): Position {
  const { origin, snapshot, newest, last, takenBelow } = answer
  return { origin, snapshot, sequence: newest, last, holes: new Map(missing.map((number) => [number, takenBelow])) }
}

const isSame = (one: Change | undefined, other: Change | undefined): boolean =>
  one?.kind === other?.kind && one?.key === other?.key && one?.mark === other?.mark

/** Reads the text form of `pg_current_snapshot()`: `xmin:xmax:running,…`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '0', xmax = '0', running = ''] = text.split(':')
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running.split(',').filter(Boolean).map(BigInt)),
  }
}

/** Whether everything that `other` sees is seen by `one` too. Both are of the same server. */
export function isAtLeast(one: Snapshot, other: Snapshot): boolean {
  if (one.xmax < other.xmax || one.xmin < other.xmin) return false
  for (const id of one.running) if (id < other.xmax && !other.running.has(id)) return false
  return true
}
