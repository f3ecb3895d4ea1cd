/** Bursts of work that arrive at once: for how long they hold the event loop of the server. */
import type { Bench } from './benchmarks.ts'
import { mintingPath } from './durable-mint.ts'
import { type Row, summarized } from './figures/row.ts'
import { load, post } from './load.ts'
import { type Server, startAuthority } from './processes.ts'
import { fillStore, prepareStore } from './store.ts'

const mintsAtOnce = 64
const leakedMax = 1_000

export async function bursts({ folder, scale }: Bench): Promise<Row[]> {
  return [await mints(folder('burst-of-mints'), scale.turns), await leaks(folder('leak-report'), scale.tokens)]
}

async function mints(folder: string, turns: number): Promise<Row> {
  const { settings, token } = await prepareStore(folder)
  await using authority = await startAuthority(settings)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json' }
  const path = await mintingPath(authority.address, headers)
  const sent = [post(path, headers, '{"data":{"type":"access-tokens","attributes":{"name":"nightly build"}}}')]
  const burst = () =>
    load({ address: authority.address, connections: mintsAtOnce, requests: mintsAtOnce, seconds: 60, sent })
  const delays: number[] = []
  for (let turn = 0; turn <= turns; turn++) delays.push(await longestDelay(authority, burst))
  return {
    name: `${mintsAtOnce} tokens created at once, longest delay`,
    unit: 'ms',
    ...summarized(delays.slice(1)),
    target: { atMost: 20 },
  }
}

/** Once, because the tokens are revoked by it. */
async function leaks(folder: string, tokens: number): Promise<Row> {
  const { settings, known } = await fillStore(folder, Math.min(tokens, leakedMax))
  await using authority = await startAuthority(settings)
  const report = async () => {
    const answer = await fetch(`${authority.address}/leaks/report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tokens: known }),
    })
    if (!answer.ok) throw new Error(`the report was refused: ${await answer.text()}`)
    await answer.arrayBuffer()
  }
  return {
    name: `report of ${known.length.toLocaleString('en')} leaked tokens, longest delay`,
    unit: 'ms',
    value: await longestDelay(authority, report),
    target: { atMost: 20 },
  }
}

async function longestDelay(server: Server, work: () => Promise<unknown>): Promise<number> {
  await server.vitals('watch delays')
  await work()
  return (await server.vitals()).longestDelayMilliseconds
}
