import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  advance,
  type Change,
  type FeedAnswer,
  isAtLeast,
  isOlder,
  OlderThanReplica,
  type Position,
  parseSnapshot,
  startAt,
} from './feed-position.ts'

describe('a reader of the feed', () => {
  const snapshots: readonly [name: string, one: string, other: string, isAtLeast: boolean][] = [
    ['the same', '5:9:5,7', '5:9:5,7', true],
    ['one that sees one more transaction', '5:9:5', '5:9:5,7', true],
    ['one that sees one transaction less', '5:9:5,7', '5:9:5', false],
    ['one that began later', '9:12:', '5:9:5,7', true],
    ['one that began later, with a transaction still running', '5:12:5,10', '5:9:5,7', true],
    ['one that began earlier', '5:8:5', '9:12:', false],
    ['one with a running transaction that had ended for the other', '5:12:5', '6:9:6', false],
    ['one that began earlier, with the same running transaction', '5:8:5', '5:12:5', false],
    ['one that sees the next transaction as running', '5:10:5,9', '5:9:5', true],
    ['one whose oldest transaction had ended for the other', '5:12:', '6:9:6', false],
  ]
  for (const [name, one, other, expected] of snapshots)
    test(`a snapshot is at least as new as another: ${name}: ${expected}`, () => {
      assert.equal(isAtLeast(parseSnapshot(one), parseSnapshot(other)), expected)
    })

  test('a snapshot without a list of running transactions has none', () => {
    assert.deepEqual(parseSnapshot('5'), { xmin: 5n, xmax: 0n, running: new Set() })
  })

  const change = (sequence: number, mark = 'm'): Change => ({ sequence, kind: 'token', key: 'a', mark })
  const snapshot = parseSnapshot('9:9:')
  const position: Position = { origin: 'o', snapshot, sequence: 7, last: change(7), holes: new Map() }
  const answer: FeedAnswer = {
    origin: 'o',
    snapshot,
    oldest: 1,
    newest: 7,
    last: change(7),
    changes: [],
    isPartial: false,
    takenBelow: 0n,
    transactionAge: 0,
    time: null,
  }
  const elsewhere = /^another server or database answers$/
  const gone = /^the newest change that was read is not there$/
  const deleted = /^changes were deleted before this node read them$/
  const others: Record<string, [Partial<FeedAnswer>, string, RegExp?]> = {
    'nothing new': [{}, 'ahead'],
    'another server or database': [{ origin: 'other' }, 'replaced', elsewhere],
    'another server with an older snapshot': [
      { origin: 'other', snapshot: parseSnapshot('3:3:') },
      'replaced',
      elsewhere,
    ],
    'a feed that ends before the position': [{ last: undefined, newest: 5 }, 'replaced', gone],
    'another change with the number of the position': [{ last: change(7, 'other') }, 'replaced', gone],
    'another kind of change with the number of the position': [
      { last: { ...change(7), kind: 'user' } },
      'replaced',
      gone,
    ],
    'a change of something else with the number of the position': [
      { last: { ...change(7), key: 'b' } },
      'replaced',
      gone,
    ],
    'a feed whose old changes were deleted, up to the position': [{ oldest: 7 }, 'ahead'],
    'a feed that starts right after the position': [{ last: undefined, oldest: 8, newest: 8 }, 'behind', deleted],
    'a feed whose old changes were deleted': [{ last: undefined, oldest: 9, newest: 12 }, 'behind', deleted],
  }
  for (const [what, [changed, kind, reason = /^$/]] of Object.entries(others))
    test(`classifies ${what} as ${kind}`, () => {
      const step = advance(position, { ...answer, ...changed })
      assert.equal(step.kind, kind)
      assert.match(step.kind === 'ahead' ? '' : step.reason, reason)
    })

  const start: Position = { ...position, sequence: 0, last: undefined }
  const first: Record<string, [Partial<FeedAnswer>, string]> = {
    'an empty feed': [{ oldest: 0, newest: 0 }, 'ahead'],
    'a feed from its first change': [{ oldest: 1, newest: 1, changes: [change(1)] }, 'ahead'],
    'a feed whose first change was deleted': [{ oldest: 2, newest: 2, changes: [change(2)] }, 'behind'],
    'a change where the feed was empty': [{ oldest: 0, newest: 0, last: change(7) }, 'replaced'],
  }
  for (const [what, [changed, kind]] of Object.entries(first))
    test(`from the start, classifies ${what} as ${kind}`, () =>
      assert.equal(advance(start, { ...answer, last: undefined, ...changed }).kind, kind))

  /** The position after these changes: number, last change, holes. */
  const after = (from: Position, changed: Partial<FeedAnswer>) => {
    const step = advance(from, { ...answer, takenBelow: 12n, ...changed })
    assert.ok(step.kind === 'ahead')
    const { origin, snapshot, sequence, last, holes } = step.position
    assert.equal(origin, 'o')
    assert.equal(snapshot, changed.snapshot === undefined ? answer.snapshot : changed.snapshot)
    assert.deepEqual(step.changes, changed.changes ?? [])
    return [sequence, last, [...holes]]
  }

  test('moves to the newest change and remembers the numbers that it skipped', () => {
    assert.deepEqual(after(position, {}), [7, change(7), []])
    assert.deepEqual(after(position, { changes: [change(8)] }), [8, change(8), []])
    const changes = [change(8), change(11)]
    assert.deepEqual(after(position, { changes }), [
      11,
      change(11),
      [
        [9, 12n],
        [10, 12n],
      ],
    ])
  })

  test('does not move back for a change that fills a hole', () => {
    const from = { ...position, holes: new Map([[5, 12n]]) }
    assert.deepEqual(after(from, { changes: [change(5)] }), [7, change(7), []])
    assert.deepEqual(after(from, { changes: [change(5), change(8)] }), [8, change(8), []])
  })

  test('forgets a hole once every transaction that may have its number has ended', () => {
    const holes = new Map([
      [4, 8n],
      [5, 9n],
      [6, 10n],
    ])
    assert.deepEqual(after({ ...position, holes }, {}), [7, change(7), [[6, 10n]]])
    assert.equal(holes.size, 3)
  })

  test('has no holes where reads always see the newest data', () => {
    const from = { ...position, snapshot: null }
    assert.deepEqual(after(from, { snapshot: null, changes: [change(9)] }), [9, change(9), []])
    assert.deepEqual(after({ ...from, holes: new Map([[5, 1n]]) }, { snapshot: null }), [7, change(7), [[5, 1n]]])
  })

  test('starts at the newest change, with a hole for each missing number', () => {
    assert.deepEqual(startAt({ ...answer, takenBelow: 12n }, [3, 5]), {
      origin: 'o',
      snapshot,
      sequence: 7,
      last: change(7),
      holes: new Map([
        [3, 12n],
        [5, 12n],
      ]),
    })
  })

  test('an answer is older only if the same server shows less than before, or no longer says what it shows', () => {
    const older = { ...answer, snapshot: parseSnapshot('8:8:') }
    assert.equal(isOlder(position, answer), false)
    assert.equal(isOlder(position, older), true)
    assert.equal(isOlder(position, { ...older, origin: 'other' }), false)
    assert.equal(isOlder(position, { ...answer, snapshot: null }), true)
    assert.equal(isOlder(position, { ...answer, origin: 'other', snapshot: null }), false)
    assert.equal(isOlder({ ...position, snapshot: null }, older), false)
    assert.equal(isOlder({ ...position, snapshot: null }, { ...answer, snapshot: null }), false)
  })

  test('refuses an older snapshot of the same server before anything else', () => {
    const older = { ...answer, snapshot: parseSnapshot('8:8:'), last: change(7, 'other') }
    assert.throws(() => advance(position, older), OlderThanReplica)
    assert.throws(() => advance(position, older), {
      name: 'OlderThanReplica',
      message: /sees an older state of the database/,
    })
  })
})
