/**
 * Verifies one chain from its start, in slices, and returns the first break. A server may seal and purge meanwhile: it changes
 * rows and head in one transaction, so a head read after some rows is as new as those rows or newer.
 */
import type { Db } from '../database/database.ts'
import { type AuditRow, hasRowOutside, listSealed, positionMax } from './audit-event-store.ts'
import { findHead, type Head } from './audit-head-store.ts'
import { type AuditKeys, isSame } from './audit-keys.ts'
import { expectedSeal, isGenuine, newHead, systemChain } from './chain-head.ts'

const rowsPerSlice = 500

export interface ChainBreak {
  readonly position: number
  readonly reason: string
}

export interface ChainPosition {
  readonly position: number
  readonly seal: string
}

const broken = (position: number, reason: string): ChainBreak => ({ position, reason })

export class ChainWalk {
  /** As last read. */
  head: Head
  readonly #db: Db
  readonly #keys: AuditKeys
  #position: number
  #seal: string
  #generation = 0

  constructor(db: Db, keys: AuditKeys, head: Head) {
    this.#db = db
    this.#keys = keys
    this.head = head
    this.#position = head.purgedLength
    this.#seal = head.purgedSeal
  }

  /** `expected`: a position and seal that the chain must contain, from an anchor or from the caller. */
  async toEnd(
    expected?: ChainPosition,
    onRows?: (rows: readonly AuditRow[]) => Promise<void>,
  ): Promise<ChainBreak | null> {
    const { accountId } = this.head
    for (;;) {
      const { length } = this.head
      const rows = await listSealed(this.#db, accountId, this.#position, rowsPerSlice)
      this.head = (await findHead(this.#db, accountId)) ?? newHead(accountId)
      if (this.#isPurgedMeanwhile(rows)) continue
      for (const row of rows) {
        const found = this.#step(row, expected)
        if (found) return found
      }
      await onRows?.(rows)
      if (rows.length === 0 && this.#position < length)
        return broken(this.#position + 1, 'rows were deleted from the end')
      if (rows.length < rowsPerSlice && this.#position >= this.head.length) break
      // Lets signal handlers and other events run, such as Ctrl-C.
      await new Promise(setImmediate)
    }
    return this.#atEnd(expected) ?? this.#outside()
  }

  /** Skips rows that retention deleted since the walk began. */
  #isPurgedMeanwhile([first]: readonly AuditRow[]): boolean {
    const { purgedLength, purgedSeal } = this.head
    const isGap = (first?.position ?? this.#position + 2) > this.#position + 1
    if (!isGap || purgedLength <= this.#position || !isGenuine(this.#keys, this.head)) return false
    this.#position = purgedLength
    this.#seal = purgedSeal
    return true
  }

  #step(row: AuditRow, expected: ChainPosition | undefined): ChainBreak | null {
    this.#position += 1
    const position = this.#position
    if (row.position !== position) return broken(position, 'a row was deleted')
    const next = expectedSeal(this.#keys, this.head, this.#seal, row)
    if (next === undefined || next.generation < this.#generation)
      return broken(position, `row ${row.id} is not sealed with the required key`)
    if (!isSame(next.seal, row.seal ?? '')) return broken(position, `row ${row.id} was altered`)
    if (expected?.position === position && expected.seal !== next.seal)
      return broken(position, 'the log does not contain the expected head')
    this.#seal = next.seal
    this.#generation = next.generation
    return null
  }

  #atEnd(expected: ChainPosition | undefined): ChainBreak | null {
    const { head } = this
    const position = this.#position
    if (expected && expected.position > position)
      return broken(position + 1, 'the log does not contain the expected head: its end was truncated')
    if (expected?.position === head.purgedLength && expected.seal !== head.purgedSeal)
      return broken(expected.position, 'the log does not contain the expected head')
    if (expected && expected.position < head.purgedLength && head.accountId === systemChain)
      return broken(head.purgedLength, 'the expected head is older than the retained part of the log')
    const isUntouched = head.mac === null && head.length === 0 && position === 0
    if (this.#seal !== head.head || (head.mac !== null && !isGenuine(this.#keys, head)))
      return broken(position, 'the head of the chain was altered')
    if (head.mac === null && !isUntouched && head.accountId !== systemChain)
      return broken(position, 'the head of the chain has no key')
    if (head.alteredLength !== null)
      return broken(head.alteredLength, 'the chain was altered, as the server detected later')
    return null
  }

  /** Finds rows at positions that the walk does not reach. */
  async #outside(): Promise<ChainBreak | null> {
    const { accountId, purgedLength } = this.head
    if (!(await hasRowOutside(this.#db, accountId, purgedLength, positionMax))) return null
    return broken(this.#position + 1, 'a row was inserted at a position outside the chain')
  }
}
