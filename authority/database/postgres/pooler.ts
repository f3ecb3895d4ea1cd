/**
 * A connection pooler in transaction mode may give each transaction another server connection. Prepared statements, LISTEN and
 * session timeouts do not survive that, and a silently lost timeout could keep a revoked token valid. Mintmark refuses to
 * start. Reasons: ADR 0021.
 */
import type pg from 'pg'
import { DatabaseTrouble } from '../errors.ts'
import type { PostgresServer } from './postgres-connect.ts'

const rounds = 5
const limits = { query_timeout: 5_000 }

/** Connects. Throws `DatabaseTrouble` if two sessions shared a PostgreSQL backend process. */
export async function refuseTransactionPooler(server: PostgresServer): Promise<void> {
  const first = await server.connect(limits)
  try {
    // Without a pooler the backend process is the one reported when the connection was made.
    if (!server.isPooled()) return
    const second = await server.connect(limits)
    try {
      if (await sharesProcesses(first, second)) throw refusal()
    } finally {
      await second.end()
    }
  } finally {
    await first.end()
  }
}

/**
 * An idle pooler gives the second session the connection that the first one released; a busy or round-robin pooler gives the
 * first session a different one than before. No transaction is held meanwhile: behind a pooler with a single connection the
 * other session would wait forever.
 */
async function sharesProcesses(first: pg.Client, second: pg.Client): Promise<boolean> {
  const seen = { first: new Set<number>(), second: new Set<number>() }
  for (let round = 0; round < rounds; round++) {
    seen.first.add(await processOf(first))
    seen.first.add(await processOf(first))
    seen.second.add(await processOf(second))
  }
  return seen.first.size > 1 || seen.second.size > 1 || [...seen.second].some((pid) => seen.first.has(pid))
}

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}

const refusal = () =>
  new DatabaseTrouble(
    '--database points to a connection pooler in transaction mode (such as PgBouncer with pool_mode=transaction), which does not preserve session state; connect to PostgreSQL directly or through a pooler in session mode',
    { isPermanent: true },
  )
