/**
 * database: connections, tables and migrations for SQLite and PostgreSQL, one schema and one way to use either.
 * It knows no HTTP and no noun. A deed is all or nothing, and what `write` resolved is on disk.
 */
import type { Kysely } from 'kysely'
import type { Room, SpaceState } from './disk-space.ts'
import type { FeedAnswer } from './feed-position.ts'
import { migrate } from './migrate.ts'
import type { SessionLimits } from './postgres-pool.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>
export type Deed<T> = (db: Db) => Promise<T>
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
  keepReserve(): void
}

export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  /** Reads outside a deed. */
  readonly read: Db
  write<T>(deed: Deed<T>): Promise<T>
  /** Writes that change no verdict and need no transaction of their own, such as last-used times. */
  bare<T>(deed: Deed<T>): Promise<T>
  /** While no other program runs one of these. What is read is as of then. For changes of the schema. */
  alone<T>(deed: Deed<T>): Promise<T>
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

export type Where = WhereFile | { readonly url: string; readonly limits?: Partial<SessionLimits> }

/** Opens the database and brings its schema up to date. Throws `DatabaseTrouble`. */
export async function openDatabase(where: Where): Promise<Database> {
  // The driver is loaded where it is needed: it takes several MB.
  const database =
    'url' in where
      ? await (await import('./postgres.ts')).openPostgres(where.url, where.limits)
      : openSqlite({ busyMilliseconds, ...where })
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close().catch(() => undefined)
    throw error
  }
}
