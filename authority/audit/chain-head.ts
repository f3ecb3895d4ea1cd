/** The head of a chain: its length, its last seal and where it starts. The MAC shows that the sealer wrote it. */
import type { AuditRow } from './audit-event-store.ts'
import type { Head } from './audit-head-store.ts'
import { type AuditKeys, generationOf, isSame, keyedSeal, legacySeal } from './audit-keys.ts'

/** The chain of the events that concern no account. It exists from the start and records the anchors of the other chains. */
export const systemChain = ''

export const newHead = (accountId: string): Head => ({
  accountId,
  length: 0,
  head: '',
  legacyLength: 0,
  purgedLength: 0,
  purgedSeal: '',
  anchoredLength: 0,
  alteredLength: null,
  mac: null,
})

export const signHead = (keys: AuditKeys, head: Head): Head & { mac: string } => ({
  ...head,
  mac: keys.mac('head', keys.newest, serializeHead(head)),
})

/** Whether the sealer wrote this head. Throws `AuditKeyMissing`. */
export function isGenuine(keys: AuditKeys, head: Head): boolean {
  const generation = generationOf(head.mac)
  return generation !== undefined && isSame(head.mac ?? '', keys.mac('head', generation, serializeHead(head)))
}

const serializeHead = (head: Head): string =>
  JSON.stringify([
    head.accountId,
    head.length,
    head.head,
    head.legacyLength,
    head.purgedLength,
    head.purgedSeal,
    head.anchoredLength,
    head.alteredLength,
  ])

/** Returns the seal that a row should have; undefined if the row is past the legacy part but its seal has no generation. */
export function expectedSeal(keys: AuditKeys, head: Head, before: string, row: AuditRow) {
  const position = row.position as number
  if (position <= head.legacyLength) return { seal: legacySeal(before, position, row), generation: 0 }
  const generation = generationOf(row.seal)
  return generation === undefined ? undefined : { seal: keyedSeal(keys, generation, before, position, row), generation }
}
