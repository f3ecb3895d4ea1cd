/**
 * Anchors: the system chain records the heads of the account chains that grew, and its own head is sent to a location outside
 * the database. A log that was truncated, emptied or restored to an earlier state no longer contains the anchored heads.
 */
import { appendFile } from 'node:fs/promises'
import type { Database } from '../database/database.ts'
import { auditUnattended } from './audit.ts'
import { changeHeads, findHead, inShortTransaction, listUnanchored } from './audit-head-store.ts'
import { isGenuine, signHead, systemChain } from './chain-head.ts'
import { type Sealing, sealPending } from './seal.ts'

export const anchoredAction = 'audit-log.anchored'
const headsPerEvent = 100

export interface Anchor {
  readonly at: string
  /** `position:generation:seal` of the last row of the system chain. */
  readonly head: string
}

export type SendAnchor = (anchor: Anchor) => Promise<void>

/** Returns a function that writes and sends an anchor, and returns it; undefined if the log has not changed since the last one. */
export function anchorAuditLog(database: Database, sealing: Sealing, send: SendAnchor) {
  let lastSent = ''
  return async (): Promise<Anchor | undefined> => {
    await sealPending(database, sealing)
    while ((await anchorHeads(database, sealing)) > 0);
    await sealPending(database, sealing)
    const system = await findHead(database.read, systemChain)
    if (!system || system.length === 0 || system.head === lastSent || !isGenuine(sealing.keys, system)) return undefined
    const anchor = { at: sealing.world.now().toISOString(), head: formatHead(system.length, system.head) }
    await send(anchor)
    lastSent = system.head
    return anchor
  }
}

export const formatHead = (position: number, seal: string): string => `${position}:${seal}`

/** Returns undefined if the text is not a head. */
export function parseHead(text: string): { position: number; seal: string } | undefined {
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

/** Appends one JSON line. Keep the file on another machine, or where the server can append but not overwrite. */
export async function appendAnchor(file: string, anchor: Anchor): Promise<void> {
  await appendFile(file, `${JSON.stringify(anchor)}\n`, { mode: 0o600, flush: true })
}
