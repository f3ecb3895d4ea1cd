/** Compares every chain with the heads that the system chain recorded: a chain must still contain each of them. */
import type { Db } from '../database/database.ts'
import { anchoredAction } from './anchor.ts'
import { type AuditRow, findSeals } from './audit-event-store.ts'
import type { ChainBreak, ChainPosition } from './chain-walk.ts'

const positionsPerQuery = 500

/** Keeps one position per account. There may be too many anchors to hold in memory, so they are compared while they are read. */
export class AnchoredHeads {
  readonly #db: Db
  readonly #newest = new Map<string, ChainPosition>()
  readonly #contradicted = new Map<string, number>()

  constructor(db: Db) {
    this.#db = db
  }

  accounts = (): Iterable<string> => this.#newest.keys()

  /** The furthest anchored position of a chain. A shorter chain was truncated. */
  newest = (accountId: string): ChainPosition | undefined => this.#newest.get(accountId)

  /** The first position at which a chain differs from an anchor, for example because it was restored and has grown since. */
  contradiction(accountId: string): ChainBreak | null {
    const position = this.#contradicted.get(accountId)
    return position === undefined ? null : { position, reason: 'the log does not contain the expected head' }
  }

  /** Takes rows of the system chain. */
  async addRows(rows: readonly AuditRow[]): Promise<void> {
    const positions = Map.groupBy(rows.flatMap(chainsIn), ([accountId]) => accountId)
    for (const [accountId, own] of positions) {
      for (let at = 0; at < own.length; at += positionsPerQuery)
        await this.#compare(
          accountId,
          new Map(own.slice(at, at + positionsPerQuery).map(([, ...position]) => position)),
        )
    }
  }

  async #compare(accountId: string, anchored: ReadonlyMap<number, string>): Promise<void> {
    const stored = await findSeals(this.#db, accountId, [...anchored.keys()])
    for (const [position, seal] of anchored) {
      if (position > (this.#newest.get(accountId)?.position ?? 0)) this.#newest.set(accountId, { position, seal })
      // A missing row was purged, or the whole chain is too short, which `newest` reveals.
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
    // A forged row: verifying the system chain reports it.
    return []
  }
}
