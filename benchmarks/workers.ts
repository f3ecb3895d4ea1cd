import type { Settings } from '@mintmark/authority'
import type { Bench } from './benchmarks.ts'
import { compared, type Row, type Turn } from './figures/row.ts'
import { connections, introspectionOf } from './introspection.ts'
import { load } from './load.ts'
import { startAuthority } from './processes.ts'

/**
 * Introspection by two workers, beside one server without workers. In requests per second, because the work is spread
 * over processes; on two cores the load generator takes its share of both.
 */
export async function workers({ store, scale }: Bench): Promise<Row[]> {
  const filled = await store()
  const sent = introspectionOf(filled)
  const perSecond = async (settings: Settings) => {
    await using authority = await startAuthority(settings)
    const shape = { address: authority.address, connections, seconds: scale.seconds, requests: scale.requests, sent }
    await load(shape)
    return (await load(shape)).perSecond
  }
  const turns: Turn<number>[] = []
  for (let turn = 0; turn < scale.turns; turn++) {
    const baseline = await perSecond(filled.settings)
    turns.push({ subject: await perSecond({ ...filled.settings, workers: 2 }), baseline })
  }
  return [{ name: 'introspection, 2 workers beside 1', unit: '/s', ...compared(turns) }]
}
