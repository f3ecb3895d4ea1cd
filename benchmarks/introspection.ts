import type { Bench } from './benchmarks.ts'
import { compared, type Row, takeTurns } from './figures/row.ts'
import { type Load, load, post } from './load.ts'
import { type Server, startAuthority, startFastify } from './processes.ts'
import type { Store } from './store.ts'

export const connections = 32
const differentTokens = 1_000

/** Introspection over HTTP, beside a Fastify route that parses the same form and returns the same bytes. */
export async function introspection({ store, scale }: Bench): Promise<Row[]> {
  const filled = await store()
  const { settings, known } = filled
  const sent = introspectionOf(filled)
  await using authority = await startAuthority(settings)
  await using plain = await startFastify(
    await introspected(authority.address, headersOf(filled), known[0] as string),
    settings.data,
  )
  const measured = (server: Server) =>
    underLoad(server, { connections, requests: scale.requests, seconds: scale.seconds, sent })
  const turns = await takeTurns(
    scale.turns,
    () => measured(authority),
    () => measured(plain),
  )
  const of = (figure: 'perCoreSecond' | 'p99Milliseconds') =>
    compared(turns.map(({ subject, baseline }) => ({ subject: subject[figure], baseline: baseline[figure] })))
  return [
    { name: 'introspection, one core', unit: '/s', ...of('perCoreSecond'), target: { atLeast: 0.9 } },
    { name: 'introspection, 99th percentile', unit: 'ms', ...of('p99Milliseconds'), target: { atMost: 1.5 } },
  ]
}

const headersOf = ({ token }: Store) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/x-www-form-urlencoded',
})

/** Requests about different tokens. */
export const introspectionOf = (store: Store): Buffer[] =>
  store.known
    .slice(0, differentTokens)
    .map((each) => post('/oauth/introspect', headersOf(store), `token=${encodeURIComponent(each)}`))

/** Measured in CPU time, because the load generator and other programs share the cores. */
export async function underLoad(server: Server, shape: Omit<Load, 'address'>) {
  const before = await server.vitals()
  const { requests, p99Milliseconds } = await load({ ...shape, address: server.address })
  const { processorSeconds } = await server.vitals()
  return { perCoreSecond: requests / (processorSeconds - before.processorSeconds), p99Milliseconds }
}

async function introspected(address: string, headers: Record<string, string>, token: string): Promise<string> {
  const answer = await fetch(`${address}/oauth/introspect`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ token }).toString(),
  })
  const text = await answer.text()
  if (!text.includes('"active":true')) throw new Error(`a valid token was reported as ${text}`)
  return text
}
