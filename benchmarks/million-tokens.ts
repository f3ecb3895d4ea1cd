import type { Bench } from './benchmarks.ts'
import { type Row, summarized } from './figures/row.ts'
import { startReady } from './processes.ts'

const startsMax = 3

/** The cost of a store with many active tokens: time until the server is ready, and memory. */
export async function millionTokens({ store, scale }: Bench): Promise<Row[]> {
  const { settings } = await store()
  const [ready, loaded]: [number[], number[]] = [[], []]
  const megabytes: number[] = []
  for (let turn = 0; turn < Math.min(scale.turns, startsMax); turn++) {
    const startedAt = performance.now()
    await using authority = await startReady(settings)
    const { ok } = await fetch(`${authority.address}/readyz`)
    if (!ok) throw new Error('the server accepted connections before it was ready')
    ready.push((performance.now() - startedAt) / 1000)
    await authority.logged('all tokens are in memory')
    loaded.push((performance.now() - startedAt) / 1000)
    megabytes.push((await authority.vitals('after a garbage collection')).bytes / 1_000_000)
  }
  const tokens = scale.tokens.toLocaleString('en')
  return [
    { name: `start until ready, ${tokens} tokens`, unit: 's', ...summarized(ready), target: { atMost: 1.5 } },
    { name: `start until all are in memory, ${tokens} tokens`, unit: 's', ...summarized(loaded) },
    { name: `memory of the process, ${tokens} tokens`, unit: 'MB', ...summarized(megabytes), target: { atMost: 200 } },
  ]
}
