/** Verifies every chain from its start, in slices, and finds deleted, altered and inserted rows. */
import type { Db } from '../database/database.ts'
import { formatHead } from './anchor.ts'
import { AnchoredHeads } from './anchored-heads.ts'
import { highestPosition, nextAccountWithRows } from './audit-event-store.ts'
import { eachHead, findHead, type Head } from './audit-head-store.ts'
import type { AuditKeys } from './audit-keys.ts'
import { newHead, systemChain } from './chain-head.ts'
import { type ChainBreak, type ChainPosition, ChainWalk } from './chain-walk.ts'

export interface ChainReport {
  readonly accountId: string | null
  readonly length: number
  /** The number of rows at the start that an earlier version sealed without a key. */
  readonly legacy: number
  /** The number of rows at the start that retention purged. */
  readonly purged: number
  /** The first break; null if the chain is intact. */
  readonly broken: ChainBreak | null
}

export interface AuditReport {
  readonly holds: boolean
  /** The head to keep outside the database and to pass to `--since` later; null if the log is empty. */
  readonly head: string | null
  readonly chains: readonly ChainReport[]
}

/** `since`: a head recorded earlier outside the database, which the log must still contain. Throws `AuditKeyMissing`. */
export async function verifyChains(db: Db, keys: AuditKeys, since?: ChainPosition): Promise<AuditReport> {
  const anchored = new AnchoredHeads(db)
  const stored = await findHead(db, systemChain)
  const walk = new ChainWalk(db, keys, stored ?? newHead(systemChain))
  const found = (await walk.toEnd(since, (rows) => anchored.addRows(rows))) ?? breakIfUnkeyed(walk.head)
  const chains = [reportOf(walk.head, found)]
  for await (const head of otherHeads(db, anchored.accounts())) {
    const own = new ChainWalk(db, keys, head)
    const broken = (await own.toEnd(anchored.newest(head.accountId))) ?? anchored.contradiction(head.accountId)
    chains.push(reportOf(own.head, broken))
  }
  const { length, head } = walk.head
  return {
    holds: chains.every(({ broken }) => broken === null),
    head: length > 0 ? formatHead(length, head) : null,
    chains,
  }
}

const reportOf = (head: Head, broken: ChainBreak | null): ChainReport => ({
  accountId: head.accountId || null,
  length: head.length,
  legacy: head.legacyLength,
  purged: head.purgedLength,
  broken,
})

/** The system chain has a key and rows from the start. Otherwise the log was emptied, or no server has keyed it yet. */
function breakIfUnkeyed({ mac, length }: Head): ChainBreak | null {
  if (mac === null)
    return {
      position: length,
      reason: 'the log was emptied, or no server has opened it since the upgrade',
    }
  return length === 0 ? { position: 1, reason: 'the log was emptied' } : null
}

/** Yields the heads of all accounts that have a head, sealed rows or an anchor. */
async function* otherHeads(db: Db, anchored: Iterable<string>): AsyncGenerator<Head> {
  const seen = new Set([systemChain])
  for await (const head of eachHead(db)) {
    if (head.accountId === systemChain) continue
    seen.add(head.accountId)
    yield head
  }
  // Accounts with unsealed rows only have no chain yet.
  for (let account = await nextAccountWithRows(db, ''); account; account = await nextAccountWithRows(db, account)) {
    if (seen.has(account)) continue
    seen.add(account)
    if ((await highestPosition(db, account)) > 0) yield newHead(account)
  }
  for (const account of anchored) if (!seen.has(account)) yield newHead(account)
}
