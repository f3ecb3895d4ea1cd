/**
 * Re-signs every chain under the newest master key when the server starts. The first time, rows that an earlier version sealed
 * without a key become the legacy part of their chains; the head fixes the length of that part, so it cannot grow.
 */
import type { Database, Db } from '../database/database.ts'
import { auditUnattended } from './audit.ts'
import { changeHeads, eachHead, type Head, type HeadChange, insertHeads } from './audit-head-store.ts'
import { generationOf } from './audit-keys.ts'
import { isGenuine, newHead, signHead, systemChain } from './chain-head.ts'
import type { Sealing } from './seal.ts'

const headsPerSlice = 500

export interface KeyingResult {
  /** The number of rows sealed without a key, if this call introduced the key; otherwise null. */
  readonly legacyRows: number | null
}

/** Changes all chains or none: an unkeyed chain in a keyed log counts as a break. */
export function keyAuditLog(database: Database, sealing: Sealing): Promise<KeyingResult> {
  return database.alone((step) => step((db) => keyHeads(db, database.kind, sealing)))
}

async function keyHeads(db: Db, kind: Database['kind'], sealing: Sealing): Promise<KeyingResult> {
  const all: Head[] = []
  for await (const head of eachHead(db)) all.push(head)
  const system = all.find(({ accountId }) => accountId === systemChain)
  const heads = all.filter(({ mac }) => generationOf(mac) !== sealing.keys.newest)
  const isKeyed = all.some(({ mac }) => generationOf(mac) !== undefined)
  if (system && heads.length === 0) return { legacyRows: null }
  const changes = (system ? heads : [newHead(systemChain), ...heads]).map((head) => signAgain(sealing, head, isKeyed))
  if (!system) await insertHeads(db, [newHead(systemChain)])
  for (let first = 0; first < changes.length; first += headsPerSlice)
    await changeHeads(db, kind, changes.slice(first, first + headsPerSlice))
  const legacyRows = heads.reduce((sum, { mac, length }) => sum + (mac === null ? length : 0), 0)
  await auditUnattended(
    { db, world: sealing.world },
    {
      action: isKeyed ? 'audit-log.key-changed' : 'audit-log.keyed',
      accountId: null,
      subjectType: 'audit-log',
      subjectId: null,
      after: { generation: sealing.keys.newest, ...(isKeyed ? {} : { legacyRows }) },
    },
  )
  return { legacyRows: isKeyed ? null : legacyRows }
}

/** Runs in the transaction that initializes a store: the log is keyed from its first row, so unkeyed rows are never accepted. */
export async function startAuditLog(db: Db, { keys, world }: Sealing): Promise<void> {
  await insertHeads(db, [signHead(keys, newHead(systemChain))])
  await auditUnattended(
    { db, world },
    {
      action: 'audit-log.keyed',
      accountId: null,
      subjectType: 'audit-log',
      subjectId: null,
      after: { generation: keys.newest, legacyRows: 0 },
    },
  )
}

function signAgain({ keys, onAltered }: Sealing, head: Head, isKeyed: boolean): HeadChange {
  const { mac: before } = head
  if (before === null && !isKeyed) return { ...signHead(keys, { ...head, legacyLength: head.length }), before }
  if (isGenuine(keys, head)) return { ...signHead(keys, head), before }
  onAltered?.(head.accountId || null)
  return { ...signHead(keys, { ...head, alteredLength: head.alteredLength ?? head.length }), before }
}
