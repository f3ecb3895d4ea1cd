/**
 * The change feed of PostgreSQL. Changes and the rows that they refer to are read in one snapshot, so that a reader never
 * applies data older than the position at which it applies it.
 */
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { changesKept, changesPerRead } from '../changes.ts'
import { coalesced } from '../coalesced.ts'
import type { Db, FeedView, PolledFeed, RawRow } from '../database.ts'
import { DatabaseTrouble, translated } from '../errors.ts'
import { type Change, type FeedAnswer, parseSnapshot } from '../feed-position.ts'
import type { Tables } from '../schema/tables.ts'
import type { PostgresServer } from './postgres-connect.ts'
import { clientOptions, type Lease, type Pool, type SessionLimits } from './postgres-pool.ts'

const rowsPerFetch = 5_000

export interface FeedConnections {
  readonly pool: Pool
  readonly server: PostgresServer
  readonly limits: SessionLimits
  /** Discards the connections opened so far, in this pool and the others. */
  renew(): void
}

export function polledFeed({ pool, server, limits, renew }: FeedConnections): PolledFeed {
  return {
    kind: 'polled',
    read: (after, work) =>
      inSnapshot(pool, async (lease) => {
        const answer = await beginAndRead(lease, after)
        const view: FeedView = {
          db: dbOver(lease),
          each: (text, onRow) => eachRow(lease, text, onRow),
          missing: () => findMissing(lease, answer),
        }
        return work(answer, view)
      }).catch((error) => Promise.reject(translated(error))),
    renew,
    notifyNodes: notifier(pool),
    listen: (hint) => listen(() => server.newClient(clientOptions(limits)), hint),
  }
}

/** Closes the connection after any error: its transaction may still be open. */
async function inSnapshot<T>(pool: Pool, work: (lease: Lease) => Promise<T>): Promise<T> {
  const lease = await pool.lease()
  let isEnded = false
  try {
    const result = await work(lease)
    await lease.query({ text: 'commit' })
    isEnded = true
    return result
  } finally {
    lease.release(!isEnded)
  }
}

// Identifies the database. A restored one has another oid or table oid; a server that took over has another start time.
const origin = `concat_ws('/', (select oid from pg_database where datname = current_database()),
  'changes'::regclass::oid, extract(epoch from pg_postmaster_start_time()))`

interface Meta {
  readonly standby: boolean
  readonly origin: string
  readonly snapshot: string
  readonly time: number
  readonly transactionAge: number
  readonly oldest: number
  readonly newest: number
}

/** Takes one round trip. The first select takes the snapshot, so `begin` is part of the same message. */
async function beginAndRead(lease: Lease, after: Parameters<PolledFeed['read']>[0]): Promise<FeedAnswer> {
  const columns = 'select sequence, kind, key, mark from changes where'
  const wanted = after
    ? `(${columns} sequence = any('{${after.holes.join()}}'::bigint[]))
       union all (${columns} sequence >= ${after.sequence} order by sequence limit ${changesPerRead + 1})`
    : `${columns} sequence = (select max(sequence) from changes)`
  const text = `begin isolation level repeatable read, read only;
    select pg_is_in_recovery() as standby, ${origin} as origin, pg_current_snapshot()::text as snapshot,
           (extract(epoch from clock_timestamp()) * 1000)::float8 as time,
           (extract(epoch from clock_timestamp() - now()) * 1000)::float8 as "transactionAge",
           coalesce(min(sequence), 0) as oldest, coalesce(max(sequence), 0) as newest from changes;
    ${wanted} order by sequence`
  const [, meta, rows] = (await lease.query({ text })) as unknown as [
    unknown,
    pg.QueryResult<Meta>,
    pg.QueryResult<Change>,
  ]
  const { standby, snapshot, ...rest } = meta.rows[0] as Meta
  if (standby) throw new DatabaseTrouble('PostgreSQL accepts no writes: this server is a standby')
  const changes = rows.rows
  const at = after?.sequence ?? rest.newest
  const following = changes.filter(({ sequence }) => sequence > at)
  const isPartial = following.length >= changesPerRead
  const end = isPartial ? (following.at(-1)?.sequence ?? at) : rest.newest
  const hasGaps = after === null || following.length < end - at
  return {
    ...rest,
    snapshot: parseSnapshot(snapshot),
    last: changes.find(({ sequence }) => sequence === at),
    changes: changes.filter(({ sequence }) => sequence !== at),
    isPartial,
    takenBelow: hasGaps ? await takeId(lease) : 0n,
  }
}

/**
 * Ids are assigned in order, and a transaction gets its id before it takes a number in the feed. So a transaction that took a
 * number below the newest visible one has an id below the one assigned now.
 */
async function takeId(lease: Lease): Promise<bigint> {
  const { rows } = await lease.query<{ id: string }>({ text: 'select pg_current_xact_id()::text as id' })
  return BigInt(rows[0]?.id ?? 0)
}

/** Returns the missing numbers below the newest: running transactions may have taken them, even below the oldest present number. */
async function findMissing(lease: Lease, { newest }: FeedAnswer): Promise<number[]> {
  const { rows } = await lease.query<{ number: number }>({
    text: `select number from generate_series($1::bigint, $2::bigint) as number
            where not exists (select 1 from changes where sequence = number)`,
    values: [Math.max(1, newest - changesKept), newest],
  })
  return rows.map(({ number }) => number)
}

/** Runs one statement at a time, because the connection accepts only one. */
function dbOver(lease: Lease): Db {
  let free: Promise<void> = Promise.resolve()
  const query = (text: string, values: readonly unknown[]) => lease.query({ text, values: [...values] })
  const connect = async () => {
    const before = free
    const { promise, resolve } = Promise.withResolvers<void>()
    free = promise
    await before
    return { query: query as never, release: () => resolve() }
  }
  const dialect = new PostgresDialect({ pool: { connect, end: async () => undefined } })
  return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
}

/** Requires a transaction. */
export async function eachRow(lease: Lease, text: string, onRow: (row: RawRow) => void): Promise<void> {
  await lease.query({ text: `declare everything no scroll cursor for ${text}` })
  for (;;) {
    const { rows } = await lease.query({ text: `fetch ${rowsPerFetch} from everything`, rowMode: 'array' })
    for (const row of rows) onRow(row as unknown as RawRow)
    if (rows.length < rowsPerFetch) break
  }
  await lease.query({ text: 'close everything' })
}

/**
 * Notifies outside the write transactions: a transaction that notifies blocks all other commits of the server until its own
 * commit is on disk. Notifications requested while one is sent are merged into one.
 */
function notifier(pool: Pool): () => void {
  const sending = coalesced(async () => {
    // A lost notification only delays the other nodes until their next poll.
    await pool.query(`select pg_notify('mintmark_changes', '')`).catch(() => undefined)
  })
  return () => void sending.request()
}

const listenAgainMilliseconds = 1_000

/** Polling is authoritative: a lost listener costs only the hints until it reconnects. */
function listen(newClient: () => pg.Client, hint: () => void): () => void {
  let isOver = false
  let client: pg.Client
  const open = () => {
    if (isOver) return
    client = newClient()
    client.on('error', () => undefined)
    client.on('notification', hint)
    client.once('end', () => setTimeout(open, listenAgainMilliseconds).unref())
    const listening = client.connect().then(() => client.query('listen mintmark_changes'))
    listening.catch(() => client.end().catch(() => undefined))
  }
  open()
  return () => {
    isOver = true
    client.end().catch(() => undefined)
  }
}
