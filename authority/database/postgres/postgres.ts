/** PostgreSQL 14 and newer, for installations of several nodes. Knows no table except `changes`. */
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Database, Db, PostgresWhere, WriteWork } from '../database.ts'
import { translated } from '../errors.ts'
import type { Tables } from '../schema/tables.ts'
import { refuseTransactionPooler } from './pooler.ts'
import { postgresServer } from './postgres-connect.ts'
import { eachRow, polledFeed } from './postgres-feed.ts'
import { postgresLists } from './postgres-lists.ts'
import { changeSchema } from './postgres-migration.ts'
import { parsePostgresUrl } from './postgres-options.ts'
import { defaultLimits, openPool, type Pool, preparing } from './postgres-pool.ts'

// Counts and sequence numbers stay far below 2^53. As text they would have to be converted at every use.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** After this many serialization conflicts a write runs alone. */
const concurrentAttempts = 2
const attemptsMax = 4
/** In addition to the connections of the change feed and of lists. */
const poolMax = 16
const listPoolMax = 4
const retried = new Set(['40001', '40P01'])

/** Throws `DatabaseTrouble` if the server cannot be used. Messages never contain the URL, because it includes a password. */
export async function openPostgres(where: PostgresWhere): Promise<Database> {
  const limits = { ...defaultLimits, ...where.limits }
  const server = postgresServer(parsePostgresUrl(where.url), where.random ?? (() => 0), limits.connect)
  const pool = openPool(server, limits, where.pool ?? poolMax)
  try {
    await refuseTransactionPooler(server)
  } catch (error) {
    await pool.end().catch(() => undefined)
    throw translated(error)
  }
  // A separate pool, so that many concurrent writes cannot delay the change feed of this node.
  const feedPool = openPool(server, limits, 2)
  // Slow searches and reports have connections of their own, and more time.
  const listPool = openPool(server, { ...limits, statement: limits.list, query: limits.list + 500 }, listPoolMax)
  const renew = () => {
    pool.renew()
    listPool.renew()
    feedPool.renew()
  }
  const dialect = new PostgresDialect({ pool: preparing(pool) })
  const db: Db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
  const running = new Set<Promise<unknown>>()
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    running.add(work)
    return work.finally(() => running.delete(work))
  }
  return {
    kind: 'postgres',
    read: db,
    lists: postgresLists(listPool, pool),
    write: (work) => tracked(serializable(db, work)),
    withoutTransaction: (work) => tracked(work(db).catch((error) => Promise.reject(translated(error)))),
    alone: (work, waits) => tracked(changeSchema(server, work, waits)),
    each: (text, onRow) => readAll(pool, text, onRow).catch((error) => Promise.reject(translated(error))),
    feed: polledFeed({ pool: feedPool, server, limits, renew }),
    close: async () => {
      // An ended pool never resolves pending requests for a connection.
      while (running.size > 0) await Promise.allSettled(running)
      await Promise.all([db.destroy(), listPool.end(), feedPool.end()])
    },
  }
}

/**
 * Runs a serializable transaction and retries it after a conflict: a write decides by what it reads, so that must still hold
 * at commit. On small tables conflicts may repeat, so after the first attempts it takes an exclusive lock and cannot lose.
 * The lock precedes the first read and hence the snapshot. Readers are not affected.
 */
async function serializable<T>(db: Db, work: WriteWork<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (transaction) => {
          await lockChanges(transaction, attempt > concurrentAttempts)
          return work(transaction)
        })
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (!retried.has(code) || attempt === attemptsMax) throw translated(error)
    }
  }
}

async function lockChanges(transaction: Db, isExclusive: boolean): Promise<void> {
  if (!isExclusive) {
    await sql`lock table changes in row share mode`.execute(transaction)
    return
  }
  // Waiting for the exclusive lock blocks later writes of every node, so the wait is short in case a writer is stuck.
  await sql`set local lock_timeout = '4s'`.execute(transaction)
  await sql`lock table changes in exclusive mode`.execute(transaction)
}

async function readAll(pool: Pool, text: string, onRow: Parameters<Database['each']>[1]): Promise<void> {
  const lease = await pool.lease()
  try {
    await lease.query({ text: 'begin read only' })
    await eachRow(lease, text, onRow)
  } finally {
    const undone = await lease.query({ text: 'rollback' }).catch(() => undefined)
    lease.release(undone === undefined)
  }
}
