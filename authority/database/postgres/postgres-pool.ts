/**
 * Connections to PostgreSQL. A connection whose statement timed out, whose transaction is still open or whose state is
 * otherwise unknown is closed, never reused: a statement that runs in somebody else's transaction sees an old snapshot.
 */
import type { PostgresPool } from 'kysely'
import pg from 'pg'
import type { PostgresServer } from './postgres-connect.ts'

/** How long PostgreSQL and this process wait for each other, in milliseconds. The defaults let another node write again within 15 s. */
export interface SessionLimits {
  /** The client gives up a statement after this time and closes its connection. */
  readonly query: number
  /** The server cancels a statement after this time, so that usually the connection survives. 0: never. */
  readonly statement: number
  /** The server ends a session that holds a transaction open and sends nothing: its node may have vanished. */
  readonly idleInTransaction: number
  /** The server ends any transaction after this time (PostgreSQL 17 and newer). 0: never. */
  readonly transaction: number
  readonly connect: number
}

export const defaultLimits: SessionLimits = {
  query: 5_000,
  statement: 4_500,
  idleInTransaction: 8_000,
  transaction: 300_000,
  connect: 3_000,
}

export interface Lease {
  query<R extends pg.QueryResultRow>(config: pg.QueryConfig | pg.QueryArrayConfig): Promise<pg.QueryResult<R>>
  /** Gives the connection back, or closes it when it is broken, not idle, or older than the last `renew`. */
  release(isBroken?: boolean): void
}

export interface Pool {
  lease(): Promise<Lease>
  /** Runs one statement outside a transaction. */
  query<R extends pg.QueryResultRow>(text: string): Promise<R[]>
  /** No connection that was opened before now is used again. */
  renew(): void
  end(): Promise<void>
}

/** Node's own probes start after this time without traffic; they end a connection whose server vanished. */
const keepAliveMilliseconds = 5_000

export function clientOptions(limits: SessionLimits): pg.ClientConfig {
  return { query_timeout: limits.query, keepAlive: true, keepAliveInitialDelayMillis: keepAliveMilliseconds }
}

export function openPool(server: PostgresServer, limits: SessionLimits, max: number): Pool {
  const pool = server.newPool({
    ...clientOptions(limits),
    max,
    onConnect: (client) => limitSession(client, limits) as unknown as undefined,
  })
  let generation = 0
  const generations = new WeakMap<object, number>()
  pool.on('connect', (client) => generations.set(client, generation))
  const lease = async (): Promise<Lease> => {
    for (;;) {
      const client = await pool.connect()
      const isUsable = () => generations.get(client) === generation && client.getTransactionStatus() === 'I'
      if (isUsable()) return leaseOf(client, isUsable)
      client.release(true)
    }
  }
  return {
    lease,
    query: async <R extends pg.QueryResultRow>(text: string) => {
      const leased = await lease()
      try {
        return (await leased.query<R>({ text })).rows
      } finally {
        leased.release()
      }
    },
    renew: () => {
      generation += 1
    },
    end: () => pool.end(),
  }
}

function leaseOf(client: pg.PoolClient, isUsable: () => boolean): Lease {
  let isBroken = false
  let isReleased = false
  const release = (broken = false) => {
    if (isReleased) return
    isReleased = true
    client.release(broken || isBroken || !isUsable())
  }
  return {
    query: async <R extends pg.QueryResultRow>(config: pg.QueryConfig | pg.QueryArrayConfig) => {
      if (isBroken) throw new Error('Connection terminated after a statement whose outcome is unknown')
      try {
        return await client.query<R>(config as pg.QueryConfig)
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) {
          // The server did not answer: the statement may still run. Closing tells it at once.
          isBroken = true
          release(true)
        }
        throw error
      }
    },
    release,
  }
}

/** Settings that a server does not know are left out. */
async function limitSession(client: pg.ClientBase, limits: SessionLimits): Promise<void> {
  const settings = {
    statement_timeout: limits.statement,
    idle_in_transaction_session_timeout: limits.idleInTransaction,
    transaction_timeout: limits.transaction,
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 3,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 10_000,
  }
  const values = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`)
  await client.query(
    `select set_config(name, value, false) from (values ${values}) as wanted (name, value)
      where current_setting(name, true) is not null`,
  )
  // A backend that waits for a lock notices that its node is gone. Servers on some systems cannot and refuse the setting.
  await client.query('set client_connection_check_interval = 2000').catch((error: Error) => {
    if (!(error instanceof pg.DatabaseError)) throw error
  })
}

/** At most this many distinct statements are prepared on each connection; lists of ids of each length are distinct statements. */
const preparedMax = 400
const plainStatement = /^\s*(?:select|insert|update|delete)\b/

/**
 * For Kysely. Statements are parsed once for each connection, which costs the server more than most of them. A statement that selects
 * all columns is not prepared: it fails once another node has added a column to its table.
 */
export function preparing(pool: Pool): PostgresPool {
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
      const leased = await pool.lease()
      const query = (text: string, values: readonly unknown[]) => {
        const name = nameOf(text)
        return leased.query(name ? { name, text, values: [...values] } : { text, values: [...values] })
      }
      return { query: query as never, release: (isBroken?: boolean) => leased.release(isBroken) }
    },
    end: () => pool.end(),
  }
}
