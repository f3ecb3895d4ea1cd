/**
 * A connection pooler in transaction mode gives each transaction another connection of PostgreSQL. Prepared statements,
 * LISTEN and the time limits of a session do not survive that, and a limit that is silently lost could keep a revoked token
 * valid: Mintmark refuses to start. ADR 0021 has the reasons.
 */
import type pg from 'pg'
import { DatabaseTrouble } from '../errors.ts'
import type { PostgresServer } from './postgres-connect.ts'

const rounds = 5
const limits = { query_timeout: 5_000 }

/** Connects. Throws `DatabaseTrouble` where two sessions were seen to share one process of PostgreSQL. */
export async function refuseTransactionPooler(server: PostgresServer): Promise<void> {
  const first = await server.connect(limits)
  try {
    // Without a pooler the process is the one that PostgreSQL named when the connection was made.
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
 * An idle pooler hands the second session what the first one just gave back; one that is busy, or hands them out in turn,
 * gives the first session another than before. No transaction is held meanwhile: with a pooler that has a single connection
 * the other session would wait for ever.
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
    '--database leads to a connection pooler in transaction mode (such as PgBouncer with pool_mode=transaction), which does not keep the state of a session; connect to PostgreSQL directly or through a pooler in session mode',
    { isPermanent: true },
  )
