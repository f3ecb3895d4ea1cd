/**
 * Anchors: the system chain takes down the heads of the accounts' chains that grew, and its own head is told to places outside
 * of the database. A log that was cut, emptied or set back then no longer contains what was told.
 */
import { appendFile } from 'node:fs/promises'
import type { Database } from '../database/database.ts'
import { auditUnattended } from './audit.ts'
import { changeHeads, findHead, inShortTransaction, listUnanchored } from './audit-head-store.ts'
import { isGenuine, signHead, systemChain } from './chain-head.ts'
import { type Sealing, sealWaiting } from './seal.ts'

export const anchoredAction = 'audit-log.anchored'
const headsPerEvent = 100

export interface Anchor {
  readonly at: string
  /** `position:generation:seal` of the newest row of the system chain. */
  readonly head: string
}

export type SendAnchor = (anchor: Anchor) => Promise<void>

/** Returns the function that anchors what changed since it last did; undefined from it when nothing did. */
export function anchorAuditLog(database: Database, sealing: Sealing, tell: SendAnchor) {
  let told = ''
  return async (): Promise<Anchor | undefined> => {
    await sealWaiting(database, sealing)
    while ((await anchorHeads(database, sealing)) > 0);
    await sealWaiting(database, sealing)
    const system = await findHead(database.read, systemChain)
    if (!system || system.length === 0 || system.head === told || !isGenuine(sealing.keys, system)) return undefined
    const anchor = { at: sealing.world.now().toISOString(), head: headText(system.length, system.head) }
    await tell(anchor)
    told = system.head
    return anchor
  }
}

export const headText = (position: number, seal: string): string => `${position}:${seal}`

/** Undefined for what is no head. */
export function readHead(text: string): { position: number; seal: string } | undefined {
  const match = /^([1-9]\d{0,14}):(\d{1,6}:[0-9a-f]{64})$/.exec(text.trim())
  return match ? { position: Number(match[1]), seal: match[2] as string } : undefined
}

async function anchorHeads(database: Database, { keys, world }: Sealing): Promise<number> {
  const heads = (await listUnanchored(database.read, headsPerEvent)).filter((head) => isGenuine(keys, head))
  if (heads.length === 0) return 0
  const changes = heads.map((head) => ({
    ...signHead(keys, { ...head, anchoredLength: head.length }),
    before: head.mac,
  }))
  return inShortTransaction(database, async (db) => {
    const swapped = await changeHeads(db, database.kind, changes)
    const chains = changes
      .filter(({ accountId }) => swapped.has(accountId))
      .map(({ accountId, length, head }) => [accountId, length, head])
    if (chains.length > 0)
      await auditUnattended(
        { db, world },
        { action: anchoredAction, accountId: null, subjectType: 'audit-log', subjectId: null, after: { chains } },
      )
    return chains.length
  })
}

/** One JSON line for each anchor. The file should be on another machine, or one that nobody can rewrite. */
export async function appendAnchor(file: string, anchor: Anchor): Promise<void> {
  await appendFile(file, `${JSON.stringify(anchor)}\n`, { mode: 0o600, flush: true })
}
