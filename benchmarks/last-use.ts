import { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../authority/database/database.ts'
import { collectUsage } from '../authority/tokens/activity/collect-usage.ts'
import { realWorld } from '../authority/world.ts'
import type { Bench } from './benchmarks.ts'
import { type Row, summarized } from './figures/row.ts'
import { eventLoopDelays, longestOf } from './vitals.ts'

/** Writing when tokens were last used: how long the event loop is held while many different tokens are written. */
export async function lastUse({ store, scale }: Bench): Promise<Row[]> {
  const { file } = await store()
  const rows: Row[] = []
  for (const most of [10_000, 50_000]) {
    const ids = tokenIds(file, Math.min(most, scale.tokens))
    const database = await openDatabase({ file })
    const usage = collectUsage(database, realWorld, (error) => {
      throw error
    })
    const [delays, perSecond]: [number[], number[]] = [[], []]
    for (let turn = 0; turn <= scale.turns; turn++) {
      for (const id of ids) usage.recordUse(id, '192.0.2.1', 'ping')
      const delay = eventLoopDelays()
      delay.enable()
      const startedAt = performance.now()
      await usage.flush()
      perSecond.push((ids.length / (performance.now() - startedAt)) * 1_000)
      delay.disable()
      delays.push(longestOf(delay))
    }
    await usage.stop()
    await database.close()
    const name = `last use of ${ids.length.toLocaleString('en')} tokens`
    rows.push({ name: `${name}, longest delay`, unit: 'ms', ...summarized(delays.slice(1)), target: { atMost: 10 } })
    rows.push({ name, unit: '/s', ...summarized(perSecond.slice(1)) })
  }
  return rows
}

function tokenIds(file: string, count: number): string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('select id from access_tokens order by hash limit ?').all(count) as { id: string }[]
  return rows.map(({ id }) => id)
}
