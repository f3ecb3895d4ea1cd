import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { stores } from '../../../testing/stores.ts'
import { openDatabase } from '../../database/database.ts'
import { realWorld } from '../../world.ts'
import { compareClocks } from './compare-clocks.ts'

const start = Date.parse('2030-01-01T00:00:00Z')

for (const kind of ['sqlite', 'postgres'] as const)
  test(`nodes whose clocks differ by more than 2 seconds report each other once, on ${kind}`, async (t) => {
    const database = await openDatabase(await stores[kind](t))
    t.after(() => database.close())
    let minutes = 0
    const world = { ...realWorld, now: () => new Date(start + minutes * 60_000) }
    const node = (clock: { offset: number } | undefined) => {
      const lines: { msg: string; differenceMilliseconds?: number }[] = []
      const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
      const compare = compareClocks({ database, world, logger, clock })
      return {
        compare,
        said: () => lines.splice(0).map(({ msg, differenceMilliseconds }) => [msg, differenceMilliseconds]),
      }
    }
    const differs = 'the clock differs from the clock of another node by more than 2 seconds'
    const agrees = 'the clock of no other node differs by more than 2 seconds any more'
    const [clockOfOne, clockOfTwo] = [{ offset: 1_200 }, { offset: -800.4 }]
    const [one, two, alone] = [node(clockOfOne), node(clockOfTwo), node(undefined)]

    for (const each of [one, two, alone, one]) await each.compare()
    assert.deepEqual([one.said(), two.said()], [[], []], 'exactly 2 seconds are tolerated')

    clockOfTwo.offset = -900
    for (const each of [two, one, two, one]) await each.compare()
    assert.deepEqual(two.said(), [[differs, -2_100]])
    assert.deepEqual(one.said(), [[differs, 2_100]])

    clockOfTwo.offset = -700
    for (const each of [two, one]) await each.compare()
    assert.deepEqual([one.said(), two.said()], [[], []], 'a pair near 2 seconds is not reported again and again')

    clockOfTwo.offset = 0
    for (const each of [two, one, two, one]) await each.compare()
    assert.deepEqual([one.said(), two.said()], [[[agrees, undefined]], [[agrees, undefined]]])

    // 100 days, more than the column can hold.
    clockOfTwo.offset = -8_640_000_000
    await two.compare()
    assert.deepEqual(two.said(), [[differs, -(2 ** 31 - 1) - 1_200]])
    minutes = 6
    await one.compare()
    assert.deepEqual(one.said(), [], 'a node that has ended is not compared')
    assert.deepEqual(alone.said(), [])
    assert.equal((await database.read.selectFrom('nodeClocks').select('id').execute()).length, 1)
  })
