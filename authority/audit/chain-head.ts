/** The head of a chain: how long it is, its last seal, where it begins. Its MAC says that the sealer wrote it. */
import type { AuditRow } from './audit-event-store.ts'
import type { Head } from './audit-head-store.ts'
import { type AuditKeys, generationOf, isSame, keyedSeal, legacySeal } from './audit-keys.ts'

/** The chain of the rows that concern no account. It is in every store from the start and keeps the anchors of the others. */
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
  mac: keys.mac('head', keys.newest, textOf(head)),
})

/** Whether the sealer wrote it as it is. Throws `AuditKeyMissing`. */
export function isGenuine(keys: AuditKeys, head: Head): boolean {
  const generation = generationOf(head.mac)
  return generation !== undefined && isSame(head.mac ?? '', keys.mac('head', generation, textOf(head)))
}

const textOf = (head: Head): string =>
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

/** The seal that a row should have. Undefined when it names no generation although it is past the part that was sealed without a key. */
export function sealExpected(keys: AuditKeys, head: Head, before: string, row: AuditRow) {
  const position = row.position as number
  if (position <= head.legacyLength) return { seal: legacySeal(before, position, row), generation: 0 }
  const generation = generationOf(row.seal)
  return generation === undefined ? undefined : { seal: keyedSeal(keys, generation, before, position, row), generation }
}
