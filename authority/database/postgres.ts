/** PostgreSQL, 14 and newer, when one machine is outgrown. Nothing here knows a table but `changes`. */
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Change, Database, Db, Deed, PolledFeed } from './database.ts'
import { DatabaseTrouble, translated } from './errors.ts'
import type { Tables } from './tables.ts'

// Counts and sequence numbers stay far below 2^53; as text they would have to be converted at every use.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

const attempts = 6
const rowsPerRead = 20_000
const retried = new Set(['40001', '40P01'])

/** Throws `DatabaseTrouble` when the server cannot be reached or is too old. The address is never repeated: it holds a password. */
export async function openPostgres(url: string): Promise<Database> {
  const options = {
    connectionString: url,
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
    application_name: 'mintmark',
  }
  const pool = new pg.Pool({ ...options, max: 16 })
  // A broken idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  try {
    const { rows } = await pool.query<{ server_version_num: string }>('show server_version_num')
    if (Number(rows[0]?.server_version_num) < 140_000) throw new DatabaseTrouble('PostgreSQL 14 or newer is needed')
  } catch (error) {
    await pool.end().catch(() => undefined)
    const known = translated(error)
    throw known instanceof DatabaseTrouble
      ? known
      : new DatabaseTrouble(`PostgreSQL refused: ${(error as Error).message}`)
  }
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
  return {
    kind: 'postgres',
    read: db,
    write: (deed) => serializable(db, deed),
    bare: (deed) => deed(db).catch((error) => Promise.reject(translated(error))),
    each: (text, see) => readAll(pool, text, see),
    feed: polledFeed(pool, options),
    close: () => db.destroy(),
  }
}

/** Runs a deed until it meets no other; a deed decides by what it reads, so what it read must still hold at commit. */
async function serializable<T>(db: Db, deed: Deed<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(deed)
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (!retried.has(code) || attempt === attempts) throw translated(error)
    }
  }
}

async function readAll(pool: pg.Pool, text: string, see: Parameters<Database['each']>[1]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin read only')
    await client.query(`declare everything no scroll cursor for ${text}`)
    for (;;) {
      const { rows } = await client.query({ text: `fetch ${rowsPerRead} from everything`, rowMode: 'array' })
      for (const row of rows) see(row)
      if (rows.length < rowsPerRead) break
    }
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}

function polledFeed(pool: pg.Pool, options: pg.ClientConfig): PolledFeed {
  return {
    kind: 'polled',
    newest: async () => {
      const { rows } = await pool.query<{ newest: number }>('select coalesce(max(sequence), 0) as newest from changes')
      return rows[0]?.newest ?? 0
    },
    // One statement, hence one snapshot: the rows and the transactions that may still add some belong together.
    since: async (sequence, holes) => {
      const { rows } = await pool.query<Change & { settled: string; open: string }>(
        `select s.settled, s.open, c.sequence, c.kind, c.key
           from (select pg_snapshot_xmin(pg_current_snapshot())::text as settled, pg_snapshot_xmax(pg_current_snapshot())::text as open) s
           left join changes c on c.sequence > $1 or c.sequence = any($2::bigint[])
          order by c.sequence`,
        [sequence, holes],
      )
      const first = rows[0] as { settled: string; open: string }
      const changes = rows.filter((row) => row.sequence !== null)
      return { changes, settled: BigInt(first.settled), open: BigInt(first.open) }
    },
    listen: (hint) => {
      const client = new pg.Client(options)
      // The poll is the truth: a lost listener only costs the hint.
      client.on('error', () => undefined)
      client.on('notification', hint)
      client
        .connect()
        .then(() => client.query('listen mintmark_changes'))
        .catch(() => undefined)
      return () => void client.end().catch(() => undefined)
    },
  }
}
