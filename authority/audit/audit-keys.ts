/**
 * Derives the keys of the audit log from the master keys. Write access to the database without the master keys is not enough
 * to compute a seal or a head.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { AuditRow } from './audit-event-store.ts'

export interface AuditKeys {
  /** The generation that seals new rows. */
  readonly newest: number
  /** Returns the HMAC of a text as `generation:hex`. Throws `AuditKeyMissing`. */
  mac(purpose: 'chain' | 'head', generation: number, text: string): string
}

/** A seal refers to a master key generation that is not configured. */
export class AuditKeyMissing extends Error {
  override name = 'AuditKeyMissing'

  constructor(generation: number) {
    super(`The audit log is sealed under master key generation ${generation}, which is missing.`)
  }
}

/** Derives a separate key per purpose, so that a seal cannot be used as the MAC of a head. */
export function deriveAuditKeys(masterKeys: ReadonlyMap<number, Uint8Array>): AuditKeys {
  const derived = new Map<string, Buffer>()
  const keyFor = (purpose: string, generation: number): Buffer => {
    const name = `${purpose} ${generation}`
    const known = derived.get(name)
    if (known) return known
    const master = masterKeys.get(generation)
    if (!master) throw new AuditKeyMissing(generation)
    const key = Buffer.from(hkdfSync('sha256', master, '', `mintmark audit ${purpose}`, 32))
    derived.set(name, key)
    return key
  }
  return {
    newest: Math.max(...masterKeys.keys()),
    mac: (purpose, generation, text) =>
      `${generation}:${createHmac('sha256', keyFor(purpose, generation)).update(text).digest('hex')}`,
  }
}

/** Returns the generation in a seal or MAC; undefined if there is none, as in legacy seals. */
export function generationOf(seal: string | null): number | undefined {
  const match = /^(\d{1,6}):[0-9a-f]{64}$/.exec(seal ?? '')
  return match ? Number(match[1]) : undefined
}

export function keyedSeal(keys: AuditKeys, generation: number, before: string, position: number, row: AuditRow) {
  return keys.mac('chain', generation, before + serializeRow(position, row))
}

/** The unkeyed SHA-256 seal of earlier versions, which anyone can compute. */
export const legacySeal = (before: string, position: number, row: AuditRow): string =>
  createHash('sha256').update(before).update(serializeRow(position, row)).digest('hex')

export const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

function serializeRow(position: number, row: AuditRow): string {
  const members = [
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
  return JSON.stringify([position, ...members])
}
