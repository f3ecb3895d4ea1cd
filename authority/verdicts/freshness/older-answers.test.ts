import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FeedAnswer, Position, Snapshot } from '../../database/feed-position.ts'
import { OlderAnswers, serverWentBack } from './older-answers.ts'

const snapshot = (xmax: bigint): Snapshot => ({ xmin: xmax, xmax, running: new Set() })
const position: Position = {
  origin: 'one',
  snapshot: snapshot(10n),
  sequence: 5,
  last: undefined,
  holes: new Map(),
}
const answer = (xmax: bigint, transactionAge = 0): FeedAnswer => ({
  origin: 'one',
  snapshot: snapshot(xmax),
  oldest: 1,
  newest: 5,
  last: undefined,
  changes: [],
  isPartial: false,
  takenBelow: 0n,
  time: null,
  transactionAge,
})

/** Answers of a snapshot older than the position, seen at `now` in a read that began at `startedAt`. */
function olderAnswers(t: TestContext) {
  const answers = new OlderAnswers()
  let time = 0
  t.mock.method(performance, 'now', () => time)
  const see = (now: number, startedAt: number, transactionAge: number, xmax = 9n) => {
    time = now
    return answers.areOfServer(position, answer(xmax, transactionAge), startedAt)
  }
  return { answers, see }
}

test('an older answer is of the server itself if its transaction began after the first one was refused', (t) => {
  const { see } = olderAnswers(t)
  assert.equal(see(100, 90, 0), false, 'the first')
  assert.equal(see(300, 200, 101), false, 'a transaction that began before')
  assert.equal(see(300, 200, 100), true)
  assert.equal(see(500, 400, 0), true)
})

test('a current answer ends a series of older ones', (t) => {
  const { answers, see } = olderAnswers(t)
  assert.equal(answers.isFirst, false)
  see(100, 90, 0)
  assert.equal(answers.isFirst, true)
  see(300, 200, 101)
  assert.equal(answers.isFirst, false)
  assert.equal(see(400, 390, 0, 10n), false)
  assert.equal(answers.isFirst, false)
  assert.equal(see(500, 450, 0), false, 'it began after the first of the series before')
  assert.equal(answers.isFirst, true)
})

test('a server that went back counts as another one, so the replica is loaded again', () => {
  assert.equal(serverWentBack.kind, 'replaced')
})
