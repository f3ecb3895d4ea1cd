/**
 * The keyed hash chain: seal = HMAC(previous seal + row), one chain per account. Rows are sealed shortly after the transaction
 * that wrote them rather than within it, so that the chain never blocks writers. Rows are sealed in slices; each slice is one
 * short transaction that compares and swaps the heads of its chains, so several nodes may seal at the same time and a node
 * that crashes midway does not block others.
 */
import type { World } from '../context.ts'
import type { Database, Db } from '../database/database.ts'
import { UniqueViolation } from '../database/errors.ts'
import { auditUnattended } from './audit.ts'
import { type AuditRow, countUnsealedBefore, listUnsealed } from './audit-event-store.ts'
import {
  changeHeads,
  findHeads,
  type Head,
  type HeadChange,
  inShortTransaction,
  insertHeads,
  type SealedRow,
  sealRows,
} from './audit-head-store.ts'
import { type AuditKeys, keyedSeal } from './audit-keys.ts'
import { isGenuine, newHead, signHead, systemChain } from './chain-head.ts'
import { skipForged } from './skip-forged.ts'

export interface Sealing {
  readonly keys: AuditKeys
  readonly world: World
  /** Called when the head of a chain is not as the sealer wrote it. */
  onAltered?(accountId: string | null): void
}

/** Another node sealed these rows after this one read them. */
class ConcurrentSeal extends Error {}

const nothing = { swapped: new Set<string>(), count: 0 }

const rowsPerSlice = 500
const slicesPerTurn = 40

/** Seals up to 20,000 unsealed rows. Returns their number. */
export async function sealPending(database: Database, sealing: Sealing): Promise<number> {
  let sealed = 0
  for (let slice = 0; slice < slicesPerTurn; slice++) {
    const done = await sealSlice(database, sealing)
    sealed += done
    if (done < rowsPerSlice) break
  }
  return sealed
}

interface SealedChain {
  readonly change: HeadChange
  readonly rows: readonly SealedRow[]
  readonly isAltered: boolean
}

async function sealSlice(database: Database, sealing: Sealing): Promise<number> {
  const rows = await listUnsealed(database.read, rowsPerSlice)
  if (rows.length === 0) return 0
  const byChain = Map.groupBy(rows, (row) => row.accountId ?? '')
  const stored = new Map((await findHeads(database.read, [...byChain.keys()])).map((head) => [head.accountId, head]))
  const links = [...byChain].map(([accountId, own]) =>
    sealChain(sealing, stored.get(accountId) ?? newHead(accountId), own),
  )
  const fresh = links.filter(({ change }) => !stored.has(change.accountId))
  const { swapped, count } = await inShortTransaction(database, async (db) => {
    await insertHeads(
      db,
      fresh.map(({ change }) => newHead(change.accountId)),
    )
    const swapped = await changeHeads(
      db,
      database.kind,
      links.map(({ change }) => change),
    )
    const ready = links.filter(({ change }) => swapped.has(change.accountId))
    for (const { change, isAltered } of ready) if (isAltered) await auditAltered(db, sealing, change)
    const sealed = ready.flatMap(({ rows }) => rows)
    const count = await sealRows(db, database.kind, sealed)
    // Roll back: a head that counts rows missing from its chain would be a break.
    if (count !== sealed.length) throw new ConcurrentSeal()
    return { swapped, count }
  }).catch(async (error) => {
    if (error instanceof ConcurrentSeal) return nothing
    if (!(error instanceof UniqueViolation)) throw error
    const forged = await skipForged(database, sealing, [...byChain.keys()])
    // If none is forged, another node took these positions first.
    for (const accountId of forged) sealing.onAltered?.(accountId || null)
    return nothing
  })
  for (const { change, isAltered } of links)
    if (isAltered && swapped.has(change.accountId)) sealing.onAltered?.(change.accountId || null)
  return count
}

function sealChain({ keys }: Sealing, stored: Head, rows: readonly AuditRow[]): SealedChain {
  // The system chain always has a head.
  const isNew = stored.accountId !== systemChain && stored.mac === null && stored.length === 0 && stored.head === ''
  // An altered head is not silently signed as valid: new rows are sealed after it, and `alteredLength` stays.
  const isAltered = !isNew && !isGenuine(keys, stored)
  let { length, head } = stored
  const sealed = rows.map((row) => {
    length += 1
    head = keyedSeal(keys, keys.newest, head, length, row)
    return { id: row.id, position: length, seal: head }
  })
  const alteredLength = isAltered ? (stored.alteredLength ?? stored.length) : stored.alteredLength
  const signed = signHead(keys, { ...stored, length, head, alteredLength })
  return { change: { ...signed, before: stored.mac }, rows: sealed, isAltered }
}

/** Writes the event to the chain itself, where the account's administrators see it. */
function auditAltered(db: Db, { world }: Sealing, { accountId, alteredLength }: Head): Promise<void> {
  return auditUnattended(
    { db, world },
    {
      action: 'audit-log.altered',
      accountId: accountId || null,
      subjectType: 'audit-log',
      subjectId: accountId || null,
      after: { length: alteredLength },
    },
  )
}

const unsealedMillisecondsMax = 60_000

/** Counts rows that are unsealed for more than a minute. Any such row is an alarm: something prevents the sealer from working. */
export function countOverdue(db: Db, now: Date): Promise<number> {
  return countUnsealedBefore(db, new Date(now.getTime() - unsealedMillisecondsMax).toISOString())
}
