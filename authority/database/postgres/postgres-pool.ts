/**
 * Connections to PostgreSQL. A connection whose statement timed out, whose transaction is still open or whose state is unknown
 * is closed, never reused: a statement that runs in another request's transaction would see an old snapshot.
 */
import type { PostgresPool } from 'kysely'
import pg from 'pg'
import { type Backend, backendOf, type PostgresServer } from './postgres-connect.ts'

/** Timeouts in milliseconds. The defaults let another node write again within 15 s after a node disappears. */
export interface SessionLimits {
  /** The client gives up on a statement after this time and closes its connection. */
  readonly query: number
  /** The server cancels a statement after this time, which usually preserves the connection. 0: never. */
  readonly statement: number
  /** The server cancels a statement of a list after this time. */
  readonly list: number
  /** The server ends a session that holds a transaction open and sends nothing: its node may have disappeared. */
  readonly idleInTransaction: number
  /** The server ends any transaction after this time (PostgreSQL 17 and newer). 0: never. */
  readonly transaction: number
  readonly connect: number
}

export const defaultLimits: SessionLimits = {
  query: 5_000,
  statement: 4_500,
  list: 10_000,
  idleInTransaction: 8_000,
  transaction: 300_000,
  connect: 3_000,
}

export interface Lease {
  readonly backend: Backend | undefined
  query<R extends pg.QueryResultRow>(config: pg.QueryConfig | pg.QueryArrayConfig): Promise<pg.QueryResult<R>>
  /** Returns the connection to the pool, or closes it if it is broken, not idle or older than the last `renew`. */
  release(isBroken?: boolean): void
}

export interface Pool {
  lease(): Promise<Lease>
  /** Runs one statement outside a transaction. */
  query<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** Discards all connections opened so far. */
  renew(): void
  end(): Promise<void>
}

/** TCP keepalive starts after this idle time. It ends connections whose server disappeared. */
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
    query: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      const leased = await lease()
      try {
        return (await leased.query<R>({ text, values: [...values] })).rows
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
    backend: backendOf(client),
    query: async <R extends pg.QueryResultRow>(config: pg.QueryConfig | pg.QueryArrayConfig) => {
      if (isBroken) throw new Error('Connection terminated after a statement whose outcome is unknown')
      try {
        return await client.query<R>(config as pg.QueryConfig)
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) {
          // The server did not answer, so the statement may still run. Closing the connection tells the server to stop.
          isBroken = true
          release(true)
        }
        throw error
      }
    },
    release,
  }
}

/** Skips settings that the server does not know. */
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
  // A backend that waits for a lock notices that its client is gone. Servers on some systems reject this setting.
  await client.query('set client_connection_check_interval = 2000').catch((error: Error) => {
    if (!(error instanceof pg.DatabaseError)) throw error
  })
}

/** The maximum number of prepared statements per connection. Id lists of different lengths are different statements. */
const preparedMax = 400
const plainStatement = /^\s*(?:select|insert|update|delete)\b/

/**
 * Returns statements as the driver expects them. They are prepared once per connection: parsing costs the server more than
 * running most of them. A statement that selects all columns is not prepared, because it fails once another node adds a
 * column to the table.
 */
export function preparedStatements(): (text: string, values: readonly unknown[]) => pg.QueryConfig {
  const names = new Map<string, string>()
  const nameOf = (text: string) => {
    if (names.has(text)) return names.get(text)
    if (names.size >= preparedMax || !plainStatement.test(text) || text.replaceAll('(*)', '').includes('*'))
      return undefined
    names.set(text, `mintmark_${names.size}`)
    return names.get(text)
  }
  return (text, values) => {
    const name = nameOf(text)
    return name ? { name, text, values: [...values] } : { text, values: [...values] }
  }
}

/** A pool for Kysely. */
export function preparing(pool: Pool): PostgresPool {
  const prepared = preparedStatements()
  return {
    connect: async () => {
      const leased = await pool.lease()
      const query = (text: string, values: readonly unknown[]) => leased.query(prepared(text, values))
      return { query: query as never, release: (isBroken?: boolean) => leased.release(isBroken) }
    },
    end: () => pool.end(),
  }
}
