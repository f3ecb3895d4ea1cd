/** Detects answers older than the replica, and whether the connection or the server itself went back. */
import { type FeedAnswer, isOlder, type Position, type Step } from '../../database/feed-position.ts'

export const serverWentBack = {
  kind: 'replaced',
  reason: 'the server lost its newest transactions in a crash',
} satisfies Step

export class OlderAnswers {
  #refusedAt: number | undefined
  #count = 0

  /** Whether the last refused answer was the first one: then its connection may be at fault. */
  get isFirst(): boolean {
    return this.#count === 1
  }

  /**
   * Returns whether the server itself went back. After a crash PostgreSQL loses unwritten transactions, such as rolled-back ones,
   * and assigns their ids again; no acknowledged change is among them. An answer in a transaction that began after the first
   * refusal shows the state of the server; an earlier transaction may just have an old snapshot.
   */
  areOfServer(position: Position, answer: FeedAnswer, startedAt: number): boolean {
    if (!isOlder(position, answer)) {
      this.#refusedAt = undefined
      this.#count = 0
      return false
    }
    this.#count += 1
    this.#refusedAt ??= performance.now()
    return answer.transactionAge <= startedAt - this.#refusedAt
  }
}
