/** PostgreSQL, 14 and newer, when one machine is outgrown. Nothing here knows a table but `changes`. */
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely'
import pg from 'pg'
import type { Change, Database, Db, Deed, PolledFeed } from './database.ts'
import { DatabaseTrouble, translated } from './errors.ts'
import type { Tables } from './tables.ts'

// Counts and sequence numbers stay far below 2^53; as text they would have to be converted at every use.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Deeds that met another this many times go on alone. */
const attemptsBesideOthers = 2
const attemptsMax = 4
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
  const pool = newPool({ ...options, max: 16 })
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
  // Of its own, so that a crowd of deeds does not keep this node from knowing what changed.
  const feedPool = newPool({ ...options, max: 2 })
  const db: Db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: preparing(pool) }),
    plugins: [new CamelCasePlugin()],
  })
  const running = new Set<Promise<unknown>>()
  const followed = <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    return work.finally(() => running.delete(work))
  }
  return {
    kind: 'postgres',
    read: db,
    write: (deed) => followed(serializable(db, deed)),
    bare: (deed) => followed(deed(db).catch((error) => Promise.reject(translated(error)))),
    alone: (deed) => followed(underLock(db, deed)),
    each: (text, see) => readAll(pool, text, see).catch((error) => Promise.reject(translated(error))),
    feed: polledFeed(feedPool, options),
    close: async () => {
      // An ended pool forgets those who still wait for a connection.
      while (running.size > 0) await Promise.allSettled(running)
      await Promise.all([db.destroy(), feedPool.end()])
    },
  }
}

/** A broken connection is replaced by the pool, idle or in the middle of a deed; unheard it would end the process. */
function newPool(options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(options)
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** So many different statements are prepared on each connection; a list of ids of every length is one of its own. */
const preparedMax = 400
const plainStatement = /^\s*(?:select|insert|update|delete)\b/

/**
 * Statements are parsed once for each connection, which costs the server more than most of them. One that asks for all columns is not: it
 * would be refused once another node has given its table a new one.
 */
function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>()
  const nameOf = (text: string) => {
    if (names.has(text)) return names.get(text)
    if (names.size >= preparedMax || !plainStatement.test(text) || text.replaceAll('(*)', '').includes('*'))
      return undefined
    names.set(text, `mintmark_${names.size}`)
    return names.get(text)
  }
  return {
    connect: async () => {
      const client = await pool.connect()
      const query = (text: string, values: readonly unknown[]) => {
        const name = nameOf(text)
        return client.query(name ? { name, text, values: [...values] } : { text, values: [...values] })
      }
      return { query: query as never, release: (isBroken?: boolean) => client.release(isBroken) }
    },
    end: () => pool.end(),
  }
}

/**
 * Runs a deed until it meets no other; a deed decides by what it reads, so what it read must still hold at commit.
 * Where many meet again and again, as on small tables, a deed that lost its first attempts waits until it is alone: then
 * it cannot lose. The lock comes before the first read and hence before the snapshot, and readers do not notice it.
 */
async function serializable<T>(db: Db, deed: Deed<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (transaction) => {
          await lockDeeds(transaction, attempt > attemptsBesideOthers)
          return deed(transaction)
        })
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (!retried.has(code) || attempt === attemptsMax) throw translated(error)
    }
  }
}

async function lockDeeds(transaction: Db, isAlone: boolean): Promise<void> {
  if (!isAlone) {
    await sql`lock table changes in row share mode`.execute(transaction)
    return
  }
  // Whoever waits to be alone keeps later deeds waiting too, of every node: not for long, should one of them be stuck.
  await sql`set local lock_timeout = '4s'`.execute(transaction)
  await sql`lock table changes in exclusive mode`.execute(transaction)
}

/** Read committed, so that what is read after the lock is as of then. */
function underLock<T>(db: Db, deed: Deed<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(829401)`.execute(transaction)
      return deed(transaction)
    })
    .catch((error) => Promise.reject(translated(error)))
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
           left join changes c on c.sequence >= $1 or c.sequence = any($2::bigint[])
          order by c.sequence`,
        [sequence, holes],
      )
      const first = rows[0] as { settled: string; open: string }
      const changes = rows.filter((row) => row.sequence !== null && row.sequence !== sequence)
      const newest = rows.find((row) => row.sequence === sequence)
      return { newest, changes, settled: BigInt(first.settled), open: BigInt(first.open) }
    },
    tell: teller(pool),
    listen: (hint) => listen(options, hint),
  }
}

/**
 * Beside the deeds, not within one: a transaction that notifies keeps all others of the server from committing until it
 * is on disk. Whatever is to be told while something is being told is told in one.
 */
function teller(pool: pg.Pool): () => void {
  let isDue = false
  let isAtWork = false
  const work = async () => {
    isAtWork = true
    while (isDue) {
      isDue = false
      // Lost, it is a poll that finds out.
      await pool.query(`select pg_notify('mintmark_changes', '')`).catch(() => undefined)
    }
    isAtWork = false
  }
  return () => {
    isDue = true
    if (!isAtWork) void work()
  }
}

const listenAgainMilliseconds = 1_000

/** The poll is the truth: a lost listener costs only the hint, until there is another. */
function listen(options: pg.ClientConfig, hint: () => void): () => void {
  let isOver = false
  let client: pg.Client
  const open = () => {
    if (isOver) return
    client = new pg.Client(options)
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
