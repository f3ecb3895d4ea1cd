/**
 * A model of PostgreSQL (transaction ids, sequence numbers and snapshots) and of a reader of its feed, run through every
 * interleaving of two transactions with a reload, a poll and a delayed snapshot.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  advance,
  type Change,
  type FeedAnswer,
  OlderThanReplica,
  type Position,
  refuseOlder,
  type Snapshot,
  startAt,
} from './feed-position.ts'

/** A transaction that revokes one token. */
interface Transaction {
  readonly key: string
  id: bigint
  sequence: number
}

class Store {
  #nextId = 100n
  #nextSequence = 1
  #newestEnded = 99n
  readonly #running = new Set<bigint>()
  readonly #committed = new Map<bigint, Transaction>()

  write(transaction: Transaction): void {
    transaction.id = this.#nextId++
    this.#running.add(transaction.id)
  }

  takeNumber(transaction: Transaction): void {
    transaction.sequence = this.#nextSequence++
  }

  end(transaction: Transaction, isCommitted: boolean): void {
    this.#running.delete(transaction.id)
    if (transaction.id > this.#newestEnded) this.#newestEnded = transaction.id
    if (isCommitted) this.#committed.set(transaction.id, transaction)
  }

  /** As in PostgreSQL: ids from `xmax` on are not listed although they may be running. */
  #snapshot(): Snapshot {
    const xmax = this.#newestEnded + 1n
    const running = new Set([...this.#running].filter((id) => id < xmax))
    return { xmin: [...running].reduce((least, id) => (id < least ? id : least), xmax), xmax, running }
  }

  /** What a transaction sees if it takes its snapshot now. */
  see = () => ({ snapshot: this.#snapshot(), seen: [...this.#committed.values()] })

  /** The answer to a poll after a position, or to a reload without one, and the rows in the same snapshot. */
  read(position: Position | undefined, { snapshot, seen } = this.see()) {
    const all: Change[] = seen
      .map(({ key, sequence }) => ({ sequence, kind: 'token', key, mark: String(sequence) }))
      .toSorted((one, other) => one.sequence - other.sequence)
    const newest = all.at(-1)?.sequence ?? 0
    const at = position?.sequence ?? newest
    const wanted = (number: number) => (position ? number > at || position.holes.has(number) : false)
    // Reading an id assigns one, and that transaction ends immediately.
    const takenBelow = this.#nextId++
    this.#newestEnded = takenBelow
    const answer: FeedAnswer = {
      origin: 'one',
      snapshot,
      oldest: all[0]?.sequence ?? 0,
      newest,
      last: all.find(({ sequence }) => sequence === at),
      changes: all.filter(({ sequence }) => wanted(sequence)),
      isPartial: false,
      takenBelow,
      transactionAge: 0,
      time: null,
    }
    const numbers = new Set(all.map(({ sequence }) => sequence))
    const missing = Array.from({ length: newest }, (_, i) => i + 1).filter((number) => !numbers.has(number))
    return { answer, missing, revoked: new Set(seen.map(({ key }) => key)) }
  }

  /** An unrelated transaction, after which `xmin` and `xmax` have advanced. */
  passTime(): void {
    this.#newestEnded = this.#nextId++
  }

  revoked = (): string[] => [...this.#committed.values()].map(({ key }) => key).toSorted()
}

type Read = ReturnType<Store['read']>

/** Knows which tokens are revoked. A revoked token must never become valid again. */
class Reader {
  position: Position | undefined
  revoked = new Set<string>()

  reload({ answer, missing, revoked }: Read): void {
    if (this.position) refuseOlder(this.position, answer)
    this.position = startAt(answer, missing)
    this.revoked = new Set(revoked)
  }

  follow(position: Position, { answer, revoked }: Read, again: () => Read): void {
    const step = advance(position, answer)
    assert.notEqual(step.kind, 'replaced')
    if (step.kind !== 'ahead') {
      this.reload(again())
      return
    }
    for (const { key } of step.changes) {
      if (revoked.has(key)) this.revoked.add(key)
      else this.revoked.delete(key)
    }
    this.position = step.position
  }
}

/** Every interleaving of the steps of several actors, each of which takes its own steps in order. */
function* interleavings(counts: readonly number[]): Generator<number[]> {
  if (counts.every((count) => count === 0)) {
    yield []
    return
  }
  for (const [actor, count] of counts.entries()) {
    if (count === 0) continue
    for (const rest of interleavings(counts.with(actor, count - 1))) yield [actor, ...rest]
  }
}

function run(order: readonly number[], commits: readonly boolean[]): void {
  const store = new Store()
  const reader = new Reader()
  const first: Transaction = { key: 'first', id: 0n, sequence: 0 }
  store.write(first)
  store.takeNumber(first)
  store.end(first, true)
  reader.reload(store.read(undefined))
  let caught: Read | undefined
  let old: ReturnType<Store['see']> | undefined
  const transactionSteps = (key: string, isCommitted: boolean) => {
    const transaction: Transaction = { key, id: 0n, sequence: 0 }
    return [
      () => store.write(transaction),
      () => store.takeNumber(transaction),
      () => store.end(transaction, isCommitted),
    ]
  }
  const steps = [
    transactionSteps('a', commits[0] as boolean),
    transactionSteps('b', commits[1] as boolean),
    [
      () => {
        caught = store.read(undefined)
      },
      () => reader.reload(caught as Read),
      () => {
        caught = store.read(reader.position)
      },
      () => reader.follow(reader.position as Position, caught as Read, () => store.read(undefined)),
    ],
    [
      () => {
        old = store.see()
      },
    ],
  ]
  const next = steps.map(() => 0)
  for (const actor of order) {
    const before = new Set(reader.revoked)
    const at = next[actor] as number
    next[actor] = at + 1
    steps[actor]?.[at]?.()
    for (const key of before) assert.ok(reader.revoked.has(key), `${key} is good again`)
  }
  // A connection with an open transaction still has its old snapshot.
  const before = new Set(reader.revoked)
  for (const apply of [
    () =>
      reader.follow(reader.position as Position, store.read(reader.position, old), () => store.read(undefined, old)),
    () => reader.reload(store.read(undefined, old)),
  ]) {
    try {
      apply()
    } catch (error) {
      assert.ok(error instanceof OlderThanReplica, String(error))
    }
    for (const key of before) assert.ok(reader.revoked.has(key), `${key} is good again`)
  }
  // The second poll finds that the numbers missed by the first were never used.
  for (let poll = 0; poll < 2; poll++) {
    store.passTime()
    reader.follow(reader.position as Position, store.read(reader.position), () => store.read(undefined))
  }
  assert.deepEqual([...reader.revoked].toSorted(), store.revoked())
  assert.equal(reader.position?.holes.size, 0)
}

test('a reader of the feed reaches the state of the database and never goes back, in every interleaving of two transactions, a reload, a poll and an old snapshot', () => {
  let runs = 0
  for (const commits of [
    [true, true],
    [true, false],
  ] as const)
    for (const order of interleavings([3, 3, 4, 1])) {
      runs += 1
      try {
        run(order, commits)
      } catch (error) {
        throw new Error(`order ${order.join()}, committed ${commits.join()}`, { cause: error })
      }
    }
  assert.equal(runs, 2 * 46_200)
})
