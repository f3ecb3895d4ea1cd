/** PostgreSQL, 14 and newer, when one machine is outgrown. Nothing here knows a table but `changes`. */
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Database, Db, PostgresWhere, WriteWork } from '../database.ts'
import { translated } from '../errors.ts'
import type { Tables } from '../schema/tables.ts'
import { refuseTransactionPooler } from './pooler.ts'
import { postgresServer } from './postgres-connect.ts'
import { eachRow, polledFeed } from './postgres-feed.ts'
import { changeSchema } from './postgres-migration.ts'
import { parsePostgresUrl } from './postgres-options.ts'
import { defaultLimits, openPool, type Pool, preparing } from './postgres-pool.ts'

// Counts and sequence numbers stay far below 2^53; as text they would have to be converted at every use.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Deeds that met another this many times go on alone. */
const attemptsBesideOthers = 2
const attemptsMax = 4
/** Connections besides the few of the change feed. */
const poolMax = 16
const retried = new Set(['40001', '40P01'])

/** Throws `DatabaseTrouble` when the server cannot be used. The address is never repeated: it holds a password. */
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
  // Of its own, so that a crowd of deeds does not keep this node from knowing what changed.
  const feedPool = openPool(server, limits, 2)
  const renew = () => {
    pool.renew()
    feedPool.renew()
  }
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
    lists: db,
    write: (deed) => followed(serializable(db, deed)),
    withoutTransaction: (deed) => followed(deed(db).catch((error) => Promise.reject(translated(error)))),
    alone: (work, waits) => followed(changeSchema(server, work, waits)),
    each: (text, see) => readAll(pool, text, see).catch((error) => Promise.reject(translated(error))),
    feed: polledFeed({ pool: feedPool, server, limits, renew }),
    close: async () => {
      // An ended pool forgets those who still wait for a connection.
      while (running.size > 0) await Promise.allSettled(running)
      await Promise.all([db.destroy(), feedPool.end()])
    },
  }
}

/**
 * Runs a deed until it meets no other; a deed decides by what it reads, so what it read must still hold at commit.
 * Where many meet again and again, as on small tables, a deed that lost its first attempts waits until it is alone: then
 * it cannot lose. The lock comes before the first read and hence before the snapshot, and readers do not notice it.
 */
async function serializable<T>(db: Db, deed: WriteWork<T>): Promise<T> {
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

async function readAll(pool: Pool, text: string, see: Parameters<Database['each']>[1]): Promise<void> {
  const lease = await pool.lease()
  try {
    await lease.query({ text: 'begin read only' })
    await eachRow(lease, text, see)
  } finally {
    const undone = await lease.query({ text: 'rollback' }).catch(() => undefined)
    lease.release(undone === undefined)
  }
}
