/**
 * Connections, tables and migrations for SQLite and PostgreSQL, with one schema and one interface. It knows no HTTP and no
 * resource. A write is atomic, and durable on disk when `write` resolves.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { FreeSpace, SpaceState } from './disk-space.ts'
import { DatabaseTrouble } from './errors.ts'
import type { FeedAnswer } from './feed-position.ts'
import { migrate } from './migrate.ts'
import type { SessionLimits } from './postgres/postgres-pool.ts'
import type { Tables } from './schema/tables.ts'
import { openSqlite } from './sqlite/sqlite.ts'

export type Db = Kysely<Tables>
export type WriteWork<T> = (db: Db) => Promise<T>
export type Step = <T>(work: WriteWork<T>) => Promise<T>
export type RawRow = readonly (string | number | Uint8Array | null)[]

/** Gives a reader of the change feed access to rows as of the same moment. */
export interface FeedView {
  readonly db: Db
  /** Calls back with every row of a query as an array, without keeping them in memory. */
  each(text: string, onRow: (row: RawRow) => void): Promise<void>
  /** Sequence numbers below the newest that are missing: a running transaction may still commit them. */
  missing(): Promise<readonly number[]>
}

interface Feed {
  /**
   * Reads the changes after a position, or only the newest if there is no position, and lets `work` read the rows that they
   * refer to. PostgreSQL: all in one snapshot. SQLite: rows are current, hence never older than the changes.
   */
  read<T>(
    after: { readonly sequence: number; readonly holes: readonly number[] } | null,
    work: (answer: FeedAnswer, view: FeedView) => Promise<T>,
  ): Promise<T>
}

/** SQLite: a change by any process on this machine is visible immediately. */
export interface ImmediateFeed extends Feed {
  readonly kind: 'immediate'
  version(): number
}

/** PostgreSQL: polled. */
export interface PolledFeed extends Feed {
  readonly kind: 'polled'
  /** Discards all connections opened so far, after a failover. */
  renew(): void
  /** Notifies all nodes that something was committed. Only a hint. */
  notifyNodes(): void
  /** Calls back when a node notifies of a change. Only a hint. Returns a function that stops listening. */
  listen(hint: () => void): () => void
}

/** The files and the disk of a database. */
export interface Storage {
  /** Why writes are refused, as one sentence; null if they are accepted. */
  trouble(): string | null
  /** `short`: create nothing, so that revoking stays possible. `critical`: any write may be the last. */
  space(): SpaceState
  /** Writes to disk and waits for the flush. Rejects with `DatabaseTrouble`. */
  probe(): Promise<void>
  /** Recreates the reserve file that was deleted on a full disk, if there is room. */
  keepReserve(): Promise<void>
}

/**
 * When a write is on disk: before it resolves, or on SQLite with a later one, so that a crash of the machine may lose it.
 */
export type Flush = 'now' | 'later'

export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  /** Reads outside a transaction. */
  readonly read: Db
  /** For reads that may scan whole tables. They block nothing else, and stop when the signal is aborted. */
  lists(signal: AbortSignal): Db
  write<T>(work: WriteWork<T>): Promise<T>
  /** For writes that affect no verdict and need no transaction of their own, such as last-used times. */
  withoutTransaction<T>(work: WriteWork<T>, flush?: Flush): Promise<T>
  /**
   * For schema changes: each step is a transaction without a time limit. On PostgreSQL no other node runs one at the same
   * time; on SQLite another program may write between two steps. `waits` receives what a step is waiting for.
   */
  alone<T>(work: (step: Step) => Promise<T>, waits?: (line: string) => void): Promise<T>
  /** Calls back with every row of a query as an array, without keeping them in memory. */
  each(text: string, onRow: (row: RawRow) => void): Promise<void>
  readonly feed: ImmediateFeed | PolledFeed
  /** Present if the database is a file on this machine. */
  readonly storage?: Storage
  close(): Promise<void>
}

/** How long a write waits for another program that writes to the same file. */
const busyMilliseconds = 5_000

export interface WhereFile {
  readonly file: string
  readonly busyMilliseconds?: number
  /** Keeps a reserve file next to the database, which is deleted to make room for the last writes on a full disk. */
  readonly reserve?: boolean
  /** Returns free and total bytes of the disk; read from the file system by default. */
  readonly room?: () => FreeSpace
}

export type Where = WhereFile | PostgresWhere

/** `pool`: the maximum number of connections, 16 by default. */
export interface PostgresWhere {
  readonly url: string
  readonly pool?: number
  readonly limits?: Partial<SessionLimits>
  /** From 0 up to 1. Orders the hosts if the URL asks for load balancing. */
  readonly random?: () => number
}

export interface Opening {
  /** How long to wait for a PostgreSQL server that is not ready, 0 by default. */
  readonly waitMilliseconds?: number
  /** Receives messages for the operator: what the server is waiting for, and schema upgrades. */
  readonly say?: (line: string) => void
}

/** Opens the database and brings its schema up to date. Throws `DatabaseTrouble`. */
export async function openDatabase(where: Where, opening: Opening = {}): Promise<Database> {
  if (!('url' in where)) return migrated(openSqlite({ busyMilliseconds, ...where }), opening)
  // Loaded on demand: the driver takes several MB of memory.
  const { openPostgres } = await import('./postgres/postgres.ts')
  return untilReady(opening, async () => migrated(await openPostgres(where), opening))
}

async function migrated(database: Database, { say }: Opening): Promise<Database> {
  try {
    await migrate(database, say)
    return database
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}

const retryMilliseconds = 500

/** Retries until the time is up or the error is permanent. Reports each new cause once. */
async function untilReady<T>({ waitMilliseconds = 0, say }: Opening, attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + waitMilliseconds
  let reported = ''
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const isOver = performance.now() + retryMilliseconds > until
      if (!(error instanceof DatabaseTrouble) || error.isPermanent || isOver) throw error
      if (error.message !== reported)
        say?.(
          `Waiting for the database, at most ${Math.ceil((until - performance.now()) / 1_000)} s more: ${error.message}.`,
        )
      reported = error.message
    }
    await pause(retryMilliseconds)
  }
}
