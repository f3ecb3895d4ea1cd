/** The connection for schema changes. Its statements have no time limit, and only one node at a time holds it. */
import { setTimeout as pause } from 'node:timers/promises'
import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import type pg from 'pg'
import type { Db, Step, WriteWork } from '../database.ts'
import { translated } from '../errors.ts'
import type { Tables } from '../schema/tables.ts'
import type { PostgresServer } from './postgres-connect.ts'

/** Used by Mintmark only, and the same in all versions. */
const migrationLock = 829_401
const pauseMilliseconds = 500
/** Waiting for a table lock blocks all other users of the table, so each attempt waits at most this long. */
const lockMilliseconds = 1_000
/** A lock was not to be had in that time, or only after a transaction that waits for one of ours. */
const retried = new Set(['55P03', '40P01'])

/** Runs `work` while no other node changes the schema. `waits` receives what it is waiting for, once per cause. */
export async function changeSchema<T>(
  server: PostgresServer,
  work: (step: Step) => Promise<T>,
  waits: (line: string) => void = () => undefined,
): Promise<T> {
  const client = await server.connect({})
  const db: Db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: poolOf(client) }),
    plugins: [new CamelCasePlugin()],
  })
  const reported = new Set<string>()
  const reportOnce = (line: string) => {
    if (!reported.has(line)) waits(line)
    reported.add(line)
  }
  try {
    await waitForLock(client, reportOnce)
    return await work((write) => stepOf(db, client, write, reportOnce))
  } catch (error) {
    throw translated(error)
  } finally {
    // Ending the session releases the advisory lock.
    await client.end().catch(() => undefined)
  }
}

/** The part of a pool that Kysely needs. All statements use one connection. */
const poolOf = (client: pg.Client) => ({
  connect: async () => ({ query: client.query.bind(client) as never, release: () => undefined }),
  end: async () => undefined,
})

async function waitForLock(client: pg.Client, say: (line: string) => void): Promise<void> {
  // Limits configured for this user or database are not meant for migrations.
  await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0')
  await client.query(`set lock_timeout = ${lockMilliseconds}`)
  for (;;) {
    const { rows } = await client.query<{ has: boolean }>(`select pg_try_advisory_lock(${migrationLock}) as has`)
    if (rows[0]?.has) return
    say('Waiting for another node that upgrades the database schema.')
    await pause(pauseMilliseconds)
  }
}

/** Runs one transaction, and retries while another session, such as pg_dump, holds a table lock. */
async function stepOf<T>(db: Db, client: pg.Client, work: WriteWork<T>, say: (line: string) => void): Promise<T> {
  for (;;) {
    try {
      // Read committed, so that reads see the state after the lock was acquired.
      return await db
        .transaction()
        .setIsolationLevel('read committed')
        .execute(async (transaction) => {
          await sql`set local lock_timeout = ${sql.lit(`${lockMilliseconds}ms`)}`.execute(transaction)
          return work(transaction)
        })
    } catch (error) {
      if (!retried.has((error as { code?: string }).code ?? '')) throw error
    }
    say(`The upgrade of the database schema waits for a table that ${await lockHolders(client)} uses.`)
    await pause(pauseMilliseconds)
  }
}

/** Names the programs that have an open transaction on tables of this schema, as far as this user can see them. */
async function lockHolders(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; pid: number }>(
    `select distinct coalesce(nullif(a.application_name, ''), 'another program') as name, a.pid
       from pg_locks l join pg_class c on c.oid = l.relation join pg_stat_activity a on a.pid = l.pid
      where l.granted and c.relkind = 'r' and c.relnamespace = current_schema()::text::regnamespace
        and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = current_database())
      order by 2 limit 3`,
  )
  if (rows.length === 0) return 'another session'
  return rows.map(({ name, pid }) => `${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)} (pid ${pid})`).join(', ')
}
