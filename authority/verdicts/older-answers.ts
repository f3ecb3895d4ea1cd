/** Answers of the database that are older than what is known: whether a connection or the server itself went back. */
import { type FeedAnswer, isOlder, type Position, type Step } from '../database/feed-position.ts'

export const serverWentBack = {
  kind: 'replaced',
  reason: 'the server lost its newest transactions in a crash',
} satisfies Step

export class OlderAnswers {
  #refusedAt: number | undefined
  #count = 0

  /** Whether the answer refused last was the first of its kind: then it may be the fault of its connection. */
  get isFirst(): boolean {
    return this.#count === 1
  }

  /**
   * PostgreSQL that restarts its processes after a crash loses what it had not written, such as transactions that were rolled back, and
   * gives their ids again. No acknowledged change is among them. It is told from a connection in an old transaction by when that began:
   * what began after an answer was refused shows what the server has.
   */
  areOfServer(position: Position, answer: FeedAnswer, askedAt: number): boolean {
    if (!isOlder(position, answer)) {
      this.#refusedAt = undefined
      this.#count = 0
      return false
    }
    this.#count += 1
    this.#refusedAt ??= performance.now()
    return answer.transactionAge <= askedAt - this.#refusedAt
  }
}
