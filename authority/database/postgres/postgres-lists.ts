/** Lists and reports on PostgreSQL: a statement whose result nobody waits for is cancelled. */
import { setTimeout as pause } from 'node:timers/promises'
import { PostgresAdapter, PostgresQueryCompiler } from 'kysely'
import type { Db } from '../database.ts'
import { listsDb } from '../views/lists-db.ts'
import type { Backend } from './postgres-connect.ts'
import { type Pool, preparedStatements } from './postgres-pool.ts'

const dialect = {
  createAdapter: () => new PostgresAdapter(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
}

/** The server ignores a request to cancel that arrives before the statement. */
const retryMilliseconds = 100

/** `others` has the connections that cancel statements. */
export function postgresLists(pool: Pool, others: Pool): (signal: AbortSignal) => Db {
  const prepared = preparedStatements()
  return listsDb(dialect, async (text, values, signal) => {
    const lease = await pool.lease()
    let isRunning = true
    let cancelling: Promise<void> | undefined
    const cancel = async () => {
      while (isRunning) {
        if (lease.backend) await cancelStatement(others, lease.backend).catch(() => undefined)
        await pause(retryMilliseconds)
      }
    }
    const stop = () => {
      cancelling = cancel()
    }
    try {
      signal.throwIfAborted()
      signal.addEventListener('abort', stop)
      return (await lease.query(prepared(text, values))).rows
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      isRunning = false
      signal.removeEventListener('abort', stop)
      // The connection must not run another statement while this one may still be cancelled.
      await cancelling
      lease.release()
    }
  })
}

/** Process IDs are reused, and those of another host mean other sessions. */
async function cancelStatement(pool: Pool, { pid, startedAt }: Backend): Promise<void> {
  await pool.query(
    'select pg_cancel_backend(pid) from pg_stat_activity where pid = $1 and backend_start = $2::timestamptz',
    [pid, startedAt],
  )
}
