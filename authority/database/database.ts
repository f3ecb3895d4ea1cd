/**
 * database: connections, tables and migrations for SQLite and PostgreSQL, one schema and one way to use either.
 * It knows no HTTP and no noun. A deed is all or nothing, and what `write` resolved is on disk.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Room, SpaceState } from './disk-space.ts'
import { DatabaseTrouble } from './errors.ts'
import type { FeedAnswer } from './feed-position.ts'
import { migrate } from './migrate.ts'
import type { SessionLimits } from './postgres/postgres-pool.ts'
import type { Tables } from './schema/tables.ts'
import { openSqlite } from './sqlite/sqlite.ts'

export type Db = Kysely<Tables>
export type WriteWork<T> = (db: Db) => Promise<T>
export type Step = <T>(deed: WriteWork<T>) => Promise<T>
export type RawRow = readonly (string | number | Uint8Array | null)[]

/** What a reader of the change feed is given beside the changes: the rows as of the same moment. */
export interface FeedView {
  readonly db: Db
  /** Every row of a query as an array, without keeping them. */
  each(text: string, see: (row: RawRow) => void): Promise<void>
  /** Numbers below the newest that are not there: a running transaction may still commit them. */
  missing(): Promise<readonly number[]>
}

interface Feed {
  /**
   * Reads the changes after a position, or only the newest one when there is none, and lets `work` read the rows they
   * name. PostgreSQL: all of it in one snapshot. SQLite: rows are as of now, hence never older than the changes.
   */
  read<T>(
    after: { readonly sequence: number; readonly holes: readonly number[] } | null,
    work: (answer: FeedAnswer, view: FeedView) => Promise<T>,
  ): Promise<T>
}

/** SQLite: whether anything changed is known at once, from any process on this machine. */
export interface ImmediateFeed extends Feed {
  readonly kind: 'immediate'
  version(): number
}

/** PostgreSQL: asked again and again. */
export interface PolledFeed extends Feed {
  readonly kind: 'polled'
  /** After a failover: no connection that was opened before now is used again. */
  renew(): void
  /** Says to all nodes that something changed, after it is on disk; a hint only. */
  tell(): void
  /** Calls back when a node says that something changed; a hint only. Returns how to stop. */
  listen(hint: () => void): () => void
}

/** The files and the disk below a database. */
export interface Storage {
  /** Why every change is refused now, as one sentence; null while changes are taken. */
  trouble(): string | null
  /** `short`: nothing new is to be created, so that there is room to revoke. `critical`: any change may be the last. */
  space(): SpaceState
  /** Writes and waits until it is on disk. Rejects with `DatabaseTrouble`. */
  probe(): Promise<void>
  /** Makes again, where there is room, the reserve that was given up on a full disk. */
  keepReserve(): Promise<void>
}

export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  /** Reads outside a deed. */
  readonly read: Db
  /** Reads that may go through whole tables: nobody else waits for them. */
  readonly lists: Db
  write<T>(deed: WriteWork<T>): Promise<T>
  /** Writes that change no verdict and need no transaction of their own, such as last-used times. */
  withoutTransaction<T>(deed: WriteWork<T>): Promise<T>
  /**
   * For changes of the schema: each step is a transaction that no time limit cuts off. On PostgreSQL no other node runs one
   * of these meanwhile; on SQLite another program may come in between two steps. `waits` is told what a step waits for.
   */
  alone<T>(work: (step: Step) => Promise<T>, waits?: (line: string) => void): Promise<T>
  /** Every row of a query as an array, without keeping them. */
  each(text: string, see: (row: RawRow) => void): Promise<void>
  readonly feed: ImmediateFeed | PolledFeed
  /** Of a database in a file of this machine. */
  readonly storage?: Storage
  close(): Promise<void>
}

/** How long a deed waits for another program that writes to the same file. */
const busyMilliseconds = 5_000

export interface WhereFile {
  readonly file: string
  readonly busyMilliseconds?: number
  /** Keeps a file beside it that is given up for the last changes on a full disk. */
  readonly reserve?: boolean
  /** Free and whole bytes of its disk; asked of the system unless told. */
  readonly room?: () => Room
}

export type Where = WhereFile | PostgresWhere

/** Of PostgreSQL: `pool` is the most connections at once, 16 unless given. */
export interface PostgresWhere {
  readonly url: string
  readonly pool?: number
  readonly limits?: Partial<SessionLimits>
  /** From 0 up to 1: orders the hosts of an address that asks for that. */
  readonly random?: () => number
}

export interface Opening {
  /** How long to wait for a PostgreSQL that cannot be used yet, 0 unless given. */
  readonly waitMilliseconds?: number
  /** Takes lines for the operator: what is waited for, and that the schema is upgraded. */
  readonly say?: (line: string) => void
}

/** Opens the database and brings its schema up to date. Throws `DatabaseTrouble`. */
export async function openDatabase(where: Where, opening: Opening = {}): Promise<Database> {
  if (!('url' in where)) return migrated(openSqlite({ busyMilliseconds, ...where }), opening)
  // The driver is loaded where it is needed: it takes several MB.
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

/** Tries again until the time is up, unless the cause is one that waiting cannot mend. Each new cause is said. */
async function untilReady<T>({ waitMilliseconds = 0, say }: Opening, attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + waitMilliseconds
  let said = ''
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const isOver = performance.now() + retryMilliseconds > until
      if (!(error instanceof DatabaseTrouble) || error.isPermanent || isOver) throw error
      if (error.message !== said)
        say?.(
          `Waiting for the database, at most ${Math.ceil((until - performance.now()) / 1_000)} s more: ${error.message}.`,
        )
      said = error.message
    }
    await pause(retryMilliseconds)
  }
}
