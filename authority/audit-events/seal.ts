/**
 * The hash chain. Rows are linked right after the deed rather than within it, so that the chain never makes writers
 * wait for each other: seal = SHA-256(seal before + row), one chain for each account.
 */
import { createHash } from 'node:crypto'
import type { Database, Db } from '../database/database.ts'
import {
  type AuditRow,
  advanceChain,
  countUnsealedBefore,
  listChains,
  listSealed,
  listSealedAccounts,
  listUnsealed,
  lockChain,
  sealRow,
  trySealerLock,
} from './audit-event-store.ts'

const rowsPerTurn = 500

/** Links what waits, and tells how many rows that were. */
export function sealWaiting(database: Database): Promise<number> {
  return database.write(async (db) => {
    if (!(await trySealerLock(db, database.kind))) return 0
    const rows = await listUnsealed(db, rowsPerTurn)
    for (const [accountId, own] of Map.groupBy(rows, (row) => row.accountId ?? '')) {
      await sealChain(db, database.kind, accountId, own)
    }
    return rows.length
  })
}

async function sealChain(db: Db, kind: Database['kind'], accountId: string, rows: readonly AuditRow[]): Promise<void> {
  let { length, head } = await lockChain(db, accountId, kind)
  for (const row of rows) {
    length += 1
    head = sealOf(head, length, row)
    await sealRow(db, row.id, length, head)
  }
  await advanceChain(db, accountId, length, head)
}

function sealOf(before: string, position: number, row: AuditRow): string {
  const told = [
    row.id,
    row.accountId,
    row.action,
    row.at,
    row.actorType,
    row.actorId,
    row.tokenId,
    row.tokenLastCharacters,
    row.address,
    row.requestId,
    row.subjectType,
    row.subjectId,
    row.before,
    row.after,
    row.times,
  ]
  return createHash('sha256')
    .update(before)
    .update(JSON.stringify([position, ...told]))
    .digest('hex')
}

const unsealedMillisecondsMax = 60_000

/** How many rows should have been in a chain long ago. Any is an alarm: somebody keeps the sealer from its work. */
export function countOverdue(db: Db, now: Date): Promise<number> {
  return countUnsealedBefore(db, new Date(now.getTime() - unsealedMillisecondsMax).toISOString())
}

export interface ChainReport {
  readonly accountId: string | null
  readonly length: number
  /** The first position at which the chain does not hold, and why; null when all of it holds. */
  readonly broken: { readonly position: number; readonly reason: string } | null
}

/** Walks every chain from its start and finds a row that was removed, altered or put in. */
export async function verifyChains(db: Db): Promise<ChainReport[]> {
  const reports: ChainReport[] = []
  const chains = await listChains(db)
  const known = new Set(chains.map(({ accountId }) => accountId))
  for (const accountId of await listSealedAccounts(db)) {
    // A chain that says nothing of its rows is held against them like any other.
    if (!known.has(accountId)) chains.push({ accountId, length: 0, head: '' })
  }
  for (const { accountId, length, head } of chains) {
    const broken = await firstBreak(db, accountId, length, head)
    reports.push({ accountId: accountId === '' ? null : accountId, length, broken })
  }
  return reports
}

async function firstBreak(db: Db, accountId: string, length: number, head: string): Promise<ChainReport['broken']> {
  let seal = ''
  let position = 0
  for (;;) {
    const rows = await listSealed(db, accountId, position, rowsPerTurn)
    for (const row of rows) {
      position += 1
      if (row.position !== position) return { position, reason: 'a row was removed' }
      seal = sealOf(seal, position, row)
      if (row.seal !== seal) return { position, reason: `row ${row.id} was altered` }
    }
    if (rows.length < rowsPerTurn) break
  }
  if (position < length) return { position: position + 1, reason: 'rows were removed from the end' }
  return seal === head ? null : { position, reason: 'the head of the chain was altered' }
}
