/** The heads that the system chain took down: each chain must still contain every one of them. */
import type { Db } from '../database/database.ts'
import { anchoredAction } from './anchor.ts'
import { type AuditRow, findSeals } from './audit-event-store.ts'
import type { Break, Place } from './chain-walk.ts'

const positionsPerQuery = 500

/** Holds one place of each account: all that were ever taken down may be too many to keep, so they are compared as they come. */
export class Anchored {
  readonly #db: Db
  readonly #newest = new Map<string, Place>()
  readonly #contradicted = new Map<string, number>()

  constructor(db: Db) {
    this.#db = db
  }

  accounts = (): Iterable<string> => this.#newest.keys()

  /** The one that reaches furthest: a chain that is shorter was cut. */
  newest = (accountId: string): Place | undefined => this.#newest.get(accountId)

  /** Where a chain differs from what was taken down, as when it was set back and has grown again since. */
  contradiction(accountId: string): Break | null {
    const position = this.#contradicted.get(accountId)
    return position === undefined ? null : { position, reason: 'the log does not contain the head that was told' }
  }

  /** Rows of the system chain. */
  async take(rows: readonly AuditRow[]): Promise<void> {
    const places = Map.groupBy(rows.flatMap(chainsIn), ([accountId]) => accountId)
    for (const [accountId, own] of places) {
      for (let at = 0; at < own.length; at += positionsPerQuery)
        await this.#compare(accountId, new Map(own.slice(at, at + positionsPerQuery).map(([, ...place]) => place)))
    }
  }

  async #compare(accountId: string, told: ReadonlyMap<number, string>): Promise<void> {
    const stored = await findSeals(this.#db, accountId, [...told.keys()])
    for (const [position, seal] of told) {
      if (position > (this.#newest.get(accountId)?.position ?? 0)) this.#newest.set(accountId, { position, seal })
      // One that is not there was purged, or the chain itself is short.
      if (!stored.has(position) || stored.get(position) === seal) continue
      this.#contradicted.set(accountId, Math.min(position, this.#contradicted.get(accountId) ?? position))
    }
  }
}

function chainsIn({ action, actorType, after }: AuditRow): [string, number, string][] {
  if (action !== anchoredAction || actorType !== 'system') return []
  try {
    return (JSON.parse(after ?? '') as { chains: [string, number, string][] }).chains
  } catch {
    // A row that somebody put in: the chain says so, or it says nothing of any chain.
    return []
  }
}
