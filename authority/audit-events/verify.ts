/** Walks every chain from its start, in slices, and finds rows that were removed, altered or put in. */
import type { Db } from '../database/database.ts'
import { anchoredAction, headText } from './anchor.ts'
import { type AuditRow, listSealed, nextAccountWithRows } from './audit-event-store.ts'
import { findHead, type Head, listHeads } from './audit-head-store.ts'
import { type AuditKeys, generationOf, isSame, keyedSeal, legacySeal } from './audit-keys.ts'
import { isGenuine, newHead, systemChain } from './chain-head.ts'

const rowsPerSlice = 500

export interface ChainReport {
  readonly accountId: string | null
  readonly length: number
  /** The first rows, sealed without a key by an earlier version. */
  readonly legacy: number
  /** The first rows, purged by retention. */
  readonly purged: number
  /** The first position at which the chain does not hold, and why; null when all of it holds. */
  readonly broken: { readonly position: number; readonly reason: string } | null
}

export interface AuditReport {
  readonly holds: boolean
  /** What to keep outside and give to `--since` later; null when the log is empty. */
  readonly head: string | null
  readonly chains: readonly ChainReport[]
}

interface Place {
  readonly position: number
  readonly seal: string
}

interface Walk {
  readonly head: Head
  /** What the chain must contain, if it is that long ago told outside or in an anchor. */
  readonly expected?: Place | undefined
  readonly onRow?: (row: AuditRow) => void
}

/** `since` is a head that was told outside earlier: the log must still contain it. Throws `AuditKeyMissing`. */
export async function verifyChains(db: Db, keys: AuditKeys, since?: Place): Promise<AuditReport> {
  const anchored = new Map<string, Place>()
  const stored = await findHead(db, systemChain)
  const system = stored ?? newHead(systemChain)
  const walk = { head: system, expected: since, onRow: (row: AuditRow) => gather(anchored, row) }
  const chains = [reportOf(system, (await firstBreak(db, keys, walk)) ?? neverKeyed(system))]
  for await (const head of otherHeads(db, anchored)) {
    const broken = await firstBreak(db, keys, { head, expected: anchored.get(head.accountId) })
    chains.push(reportOf(head, broken))
  }
  return {
    holds: chains.every(({ broken }) => broken === null),
    head: system.length > 0 ? headText(system.length, system.head) : null,
    chains,
  }
}

const reportOf = (head: Head, broken: ChainReport['broken']): ChainReport => ({
  accountId: head.accountId || null,
  length: head.length,
  legacy: head.legacyLength,
  purged: head.purgedLength,
  broken,
})

/** A store has a system chain from its first moment, so one without it was emptied, or no server gave it a key yet. */
function neverKeyed({ mac, length }: Head): ChainReport['broken'] {
  if (mac === null)
    return {
      position: length,
      reason: 'the log was emptied, or is of an earlier version and no server has opened it since',
    }
  return length === 0 ? { position: 1, reason: 'the log was emptied' } : null
}

/** Of every account that has a head, rows, or an anchor. */
async function* otherHeads(db: Db, anchored: ReadonlyMap<string, Place>): AsyncGenerator<Head> {
  const seen = new Set([systemChain])
  for (let after: string | null = systemChain; after !== null; ) {
    const heads: Head[] = await listHeads(db, after, rowsPerSlice)
    for (const head of heads) {
      seen.add(head.accountId)
      yield head
    }
    after = heads.at(-1)?.accountId ?? null
  }
  for (let account = await nextAccountWithRows(db, ''); account; account = await nextAccountWithRows(db, account)) {
    if (seen.has(account)) continue
    seen.add(account)
    // Rows that wait for their first seal have no head yet.
    if ((await listSealed(db, account, 0, 1)).length > 0) yield newHead(account)
  }
  for (const account of anchored.keys()) if (!seen.has(account)) yield newHead(account)
}

async function firstBreak(db: Db, keys: AuditKeys, walk: Walk): Promise<ChainReport['broken']> {
  const { head, expected, onRow } = walk
  let seal = head.purgedSeal
  let position = head.purgedLength
  let generation = 0
  for (;;) {
    const rows = await listSealed(db, head.accountId, position, rowsPerSlice)
    for (const row of rows) {
      position += 1
      if (row.position !== position) return { position, reason: 'a row was removed' }
      const next = sealExpected(keys, head, seal, row)
      if (next === undefined || next.generation < generation)
        return { position, reason: `row ${row.id} is sealed without the key it should have` }
      if (!isSame(next.seal, row.seal ?? '')) return { position, reason: `row ${row.id} was altered` }
      if (expected?.position === position && expected.seal !== next.seal)
        return { position, reason: 'the log does not contain the head that was told' }
      seal = next.seal
      generation = next.generation
      onRow?.(row)
    }
    if (rows.length < rowsPerSlice) break
    // Whoever waits for this process, such as Ctrl-C, gets a turn.
    await new Promise(setImmediate)
  }
  return breakAtEnd(keys, walk, position, seal)
}

function breakAtEnd(keys: AuditKeys, { head, expected }: Walk, position: number, seal: string): ChainReport['broken'] {
  if (position < head.length) return { position: position + 1, reason: 'rows were removed from the end' }
  if (expected && expected.position > position)
    return { position: position + 1, reason: 'the log does not contain the head that was told: its end was cut off' }
  if (expected?.position === head.purgedLength && expected.seal !== head.purgedSeal)
    return { position: expected.position, reason: 'the log does not contain the head that was told' }
  if (expected && expected.position < head.purgedLength && head.accountId === systemChain)
    return { position: head.purgedLength, reason: 'the head that was told is older than what retention kept' }
  const isUntouched = head.mac === null && head.length === 0 && position === 0
  if (seal !== head.head || (head.mac !== null && !isGenuine(keys, head)))
    return { position, reason: 'the head of the chain was altered' }
  if (head.mac === null && !isUntouched && head.accountId !== systemChain)
    return { position, reason: 'the head of the chain has no key' }
  if (head.alteredLength !== null)
    return { position: head.alteredLength, reason: 'the head of the chain was altered; the server noticed it later' }
  return null
}

/** Undefined when the row names no generation although it is past the part that was sealed without a key. */
function sealExpected(keys: AuditKeys, head: Head, before: string, row: AuditRow) {
  const position = row.position as number
  if (position <= head.legacyLength) return { seal: legacySeal(before, position, row), generation: 0 }
  const generation = generationOf(row.seal)
  return generation === undefined ? undefined : { seal: keyedSeal(keys, generation, before, position, row), generation }
}

/** The longest place counts: a forged anchor that names an earlier one hides nothing. */
function gather(anchored: Map<string, Place>, row: AuditRow): void {
  if (row.action !== anchoredAction || row.actorType !== 'system') return
  for (const [accountId, position, seal] of chainsIn(row.after ?? ''))
    if (position > (anchored.get(accountId)?.position ?? 0)) anchored.set(accountId, { position, seal })
}

function chainsIn(text: string): [string, number, string][] {
  try {
    return (JSON.parse(text) as { chains: [string, number, string][] }).chains
  } catch {
    // A row that somebody put in: the chain says so, or it says nothing of any chain.
    return []
  }
}
