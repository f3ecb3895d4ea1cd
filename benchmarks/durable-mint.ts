import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Settings } from '@mintmark/authority'
import { basePath } from '@mintmark/contract'
import pg from 'pg'
import { query, startPostgres } from '../testing/postgres.ts'
import type { Bench, Scale } from './benchmarks.ts'
import { compared, type Row, takeTurns } from './figures/row.ts'
import { load, post } from './load.ts'
import { startAuthority } from './processes.ts'
import { prepareStore } from './store.ts'

const concurrency = 64
/** Approximately the size of a token's row. */
const row = randomBytes(240)

/** Creating tokens over HTTP, beside bare inserts that are committed one by one to the same disk. */
export async function durableMint({ folder, scale }: Bench): Promise<Row[]> {
  const data = folder('durable-mint')
  using bare = new DatabaseSync(join(data, 'bare.db'))
  bare.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table bare (id integer primary key, row blob)',
  )
  const insert = bare.prepare('insert into bare (row) values (?)')
  return await measure('durable mint, SQLite', await prepareStore(data), scale, { atLeast: 0.7 }, async () =>
    perSecond(scale, 1, () => void insert.run(row)),
  )
}

/** The same on PostgreSQL, where the bare inserts use as many connections as there are concurrent requests. */
export async function durableMintPostgres({ folder, scale }: Bench): Promise<Row[]> {
  const { url, remove } = await startPostgres()
  process.once('exit', remove)
  const bare = new pg.Pool({ connectionString: url, max: concurrency })
  // Its connections are terminated when the server is removed.
  bare.on('error', () => undefined)
  try {
    await query(url, 'create database mintmark')
    await query(url, 'create table bare (id bigserial primary key, row bytea)')
    const store = await prepareStore(folder('durable-mint-postgres'), new URL('/mintmark', url).href)
    return await measure('durable mint, PostgreSQL', store, scale, { atLeast: 0.8 }, () =>
      perSecond(scale, concurrency, () => bare.query('insert into bare (row) values ($1)', [row])),
    )
  } finally {
    await bare.end()
    remove()
    process.off('exit', remove)
  }
}

async function measure(
  name: string,
  { settings, token }: { settings: Settings; token: string },
  scale: Scale,
  target: NonNullable<Row['target']>,
  baseline: () => Promise<number>,
): Promise<Row[]> {
  await using authority = await startAuthority(settings)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json' }
  const path = await mintingPath(authority.address, headers)
  const sent = [post(path, headers, document('access-tokens', { name: 'nightly build', 'expires-in': 1440 }))]
  const { requests, seconds } = scale
  const turns = await takeTurns(
    scale.turns,
    async () => {
      const answered = await load({ address: authority.address, connections: concurrency, requests, seconds, sent })
      return answered.perSecond
    },
    baseline,
  )
  return [{ name, unit: '/s', ...compared(turns), target }]
}

/** Creates a service account. Returns the path at which its tokens are created. */
export async function mintingPath(address: string, headers: Record<string, string>): Promise<string> {
  const body = document('service-accounts', { name: 'nightly' })
  const answer = await fetch(`${address}${basePath}/service-accounts`, { method: 'POST', headers, body })
  const { data } = (await answer.json()) as { data: { id: string } }
  return `${basePath}/service-accounts/${data.id}/access-tokens`
}

const document = (type: string, attributes: object) => JSON.stringify({ data: { type, attributes } })

/** Returns operations per second at this concurrency. */
async function perSecond(scale: Scale, workers: number, work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  const worker = async () => {
    while (done < scale.requests && performance.now() - startedAt < scale.seconds * 1000) {
      done += 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return (done / (performance.now() - startedAt)) * 1000
}
