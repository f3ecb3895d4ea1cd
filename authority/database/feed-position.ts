/** The position of a reader in the change feed, and whether what it reads next is newer. Pure functions. */

export interface Change {
  readonly sequence: number
  readonly kind: string
  readonly key: string
  /** Random. Distinguishes a change from one that reused its number after a restore. Null in rows of older versions. */
  readonly mark: string | null
}

/** The visibility of a PostgreSQL transaction: it sees everything below `xmin`, and below `xmax` everything not in `running`. */
export interface Snapshot {
  readonly xmin: bigint
  readonly xmax: bigint
  readonly running: ReadonlySet<bigint>
}

/** The result of one read of the feed. */
export interface FeedAnswer {
  /** Identifies the database; differs after a restore, a failover or a restart of the server. */
  readonly origin: string
  /** Null where reads always see the newest data (SQLite). */
  readonly snapshot: Snapshot | null
  /** The lowest sequence number present; 0 if there is none. */
  readonly oldest: number
  readonly newest: number
  /** The change at the reader's position, if it still exists. */
  readonly last: Change | undefined
  /** The changes after the position, at most `changesPerRead`, and those found in its holes, in order. */
  readonly changes: readonly Change[]
  /** There are more changes than these. */
  readonly isPartial: boolean
  /**
   * Every transaction that took a number below the newest of `changes` has an id below this one. Not `xmax`: ids from there on may already
   * belong to running transactions. Set only if numbers were skipped, otherwise 0.
   */
  readonly takenBelow: bigint
  /** The database's clock in milliseconds since 1970; null if it is this machine's clock. */
  readonly time: number | null
  /** Milliseconds between the begin of the reading transaction and the read. */
  readonly transactionAge: number
}

export interface Position {
  readonly origin: string
  readonly snapshot: Snapshot | null
  /** The highest number seen. */
  readonly sequence: number
  readonly last: Change | undefined
  /** Skipped numbers, each with `takenBelow` at that time: their transactions may still commit. */
  readonly holes: ReadonlyMap<number, bigint>
}

/** The data is older than what the reader already has and must not be applied. */
export class OlderThanReplica extends Error {
  override name = 'OlderThanReplica'
}

export type Step =
  | { readonly kind: 'ahead'; readonly changes: readonly Change[]; readonly position: Position }
  /** Changes were deleted before they were read. The reader has to reload everything. */
  | { readonly kind: 'behind'; readonly reason: string }
  /** This is not the database that was read before: restored, replaced, or another server took over. */
  | { readonly kind: 'replaced'; readonly reason: string }

/** Throws `OlderThanReplica`. */
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
  // A hole stays empty once every transaction that may have taken its number has ended.
  if (answer.snapshot) for (const [missed, below] of holes) if (answer.snapshot.xmin >= below) holes.delete(missed)
  const { origin, snapshot } = answer
  return { kind: 'ahead', changes: answer.changes, position: { origin, snapshot, sequence, last, holes } }
}

/** Throws `OlderThanReplica` if the same server shows an older state than before. */
export function refuseOlder(position: Position, answer: FeedAnswer): void {
  if (isOlder(position, answer))
    throw new OlderThanReplica('The connection sees an older state of the database than the one already read.')
}

export function isOlder(position: Position, answer: FeedAnswer): boolean {
  if (answer.origin !== position.origin || !position.snapshot) return false
  return !answer.snapshot || !isAtLeast(answer.snapshot, position.snapshot)
}

/** Returns the position of a reader that has read everything in the snapshot of this answer. `missing`: the numbers it did not find. */
export function startAt(answer: FeedAnswer, missing: readonly number[]): Position {
  const { origin, snapshot, newest, last, takenBelow } = answer
  return { origin, snapshot, sequence: newest, last, holes: new Map(missing.map((number) => [number, takenBelow])) }
}

const isSame = (one: Change | undefined, other: Change | undefined): boolean =>
  one?.kind === other?.kind && one?.key === other?.key && one?.mark === other?.mark

/** Parses the text form of `pg_current_snapshot()`: `xmin:xmax:running,…`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '0', xmax = '0', running = ''] = text.split(':')
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    running: new Set(running.split(',').filter(Boolean).map(BigInt)),
  }
}

/** Whether `one` sees everything that `other` sees. Both must come from the same server. */
export function isAtLeast(one: Snapshot, other: Snapshot): boolean {
  if (one.xmax < other.xmax || one.xmin < other.xmin) return false
  for (const id of one.running) if (id < other.xmax && !other.running.has(id)) return false
  return true
}
