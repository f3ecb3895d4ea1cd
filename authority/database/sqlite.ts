/** The embedded database: one file, one writing connection, one reading connection. Nothing here knows a table. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { CamelCasePlugin, Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely'
import type { Change, Database, Db, Deed, RawRow } from './database.ts'
import { isBusy, translated } from './errors.ts'
import type { Tables } from './tables.ts'

const busyPauseMilliseconds = 2
const statementsKept = 400
/** One commit carries at most this many deeds, so that the first of them is not kept waiting. */
const deedsPerCommit = 64

interface SqliteFile {
  readonly file: string
  readonly busyMilliseconds: number
}

/** Opens or makes the file, 0600 in a folder 0700. Throws `DatabaseTrouble` with one clear sentence. */
export function openSqlite(where: SqliteFile): Database {
  const { file } = where
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
    return sqliteDatabase(where, openWriter(where), openReader(where))
  } catch (error) {
    throw translated(error, file)
  }
}

function openWriter({ file, busyMilliseconds }: SqliteFile): DatabaseSync {
  const writer = new DatabaseSync(file, { timeout: busyMilliseconds, enableForeignKeyConstraints: true })
  // From here on the queue waits for other programs: SQLite's own waiting would stop the whole process.
  writer.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 0')
  // Hashes and ids fall on random pages: a small cache, or folding them into the file every 4 MB, costs a quarter of the speed.
  writer.exec('pragma wal_autocheckpoint = 8000; pragma cache_size = -32000')
  return writer
}

const openReader = ({ file, busyMilliseconds }: SqliteFile): DatabaseSync =>
  new DatabaseSync(file, { readOnly: true, timeout: busyMilliseconds })

function sqliteDatabase(where: SqliteFile, writer: DatabaseSync, reader: DatabaseSync): Database {
  const write = kyselyOver(writer)
  const read = kyselyOver(reader)
  const dataVersion = reader.prepare('pragma data_version')
  dataVersion.setReturnArrays(true)
  // Compiled when first asked: a new file has no tables yet.
  const prepared = adapter(reader).prepare
  const changes = 'select sequence, kind, key from changes where sequence >= ? order by sequence'
  const newest = 'select coalesce(max(sequence), 0) as sequence from changes'
  const queue = commitQueue(write, (text) => writer.exec(text), where)
  return {
    kind: 'sqlite',
    read,
    write: queue.add,
    bare: queue.add,
    alone: queue.add,
    each: async (text, see) => {
      try {
        const statement = reader.prepare(text)
        statement.setReturnArrays(true)
        for (const row of statement.iterate()) see(row as unknown as RawRow)
      } catch (error) {
        throw translated(error, where.file)
      }
    },
    feed: {
      kind: 'immediate',
      version: () => (dataVersion.get() as unknown as [number])[0],
      newest: () => (prepared(newest).all([])[0] as { sequence: number }).sequence,
      since: (sequence) => {
        const found = prepared(changes).all([sequence]) as Change[]
        const [first] = found
        return first?.sequence === sequence
          ? { newest: first, changes: found.slice(1) }
          : { newest: undefined, changes: found }
      },
    },
    close: async () => {
      await queue.idle()
      reader.close()
      writer.close()
    },
  }
}

function kyselyOver(connection: DatabaseSync): Db {
  const database = adapter(connection)
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }), plugins: [new CamelCasePlugin()] })
}

/** What Kysely asks of a driver. Statements are kept, for compiling one costs more than running it. */
function adapter(connection: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, { statement: StatementSync; reader: boolean }>()
  const prepared = (text: string) => {
    const known = kept.get(text)
    if (known) return known
    const statement = connection.prepare(text)
    const made = { statement, reader: statement.columns().length > 0 }
    if (kept.size >= statementsKept) kept.delete(kept.keys().next().value as string)
    kept.set(text, made)
    return made
  }
  return {
    close: () => connection.close(),
    prepare: (text) => {
      const { statement, reader } = prepared(text)
      return {
        reader,
        all: (given) => statement.all(...(given as SQLInputValue[])),
        run: (given) => statement.run(...(given as SQLInputValue[])),
        iterate: (given) => statement.iterate(...(given as SQLInputValue[])),
      }
    },
  }
}

interface Waiting {
  deed: Deed<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Group commit. Deeds that wait while another runs share one transaction, each within its own savepoint, and are
 * answered only after the commit that makes them durable: one disk flush serves them all.
 */
function commitQueue(db: Db, run: (text: string) => void, { file, busyMilliseconds }: SqliteFile) {
  const waiting: Waiting[] = []
  let running: Promise<void> | undefined

  const add = <T>(deed: Deed<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ deed, resolve: resolve as (value: unknown) => void, reject })
      running ??= drain()
    })

  const drain = async () => {
    while (waiting.length > 0) {
      // One turn of the loop lets requests that arrived together share the commit, and others be answered in between.
      await new Promise(setImmediate)
      const batch = waiting.splice(0, deedsPerCommit)
      await commit(batch).catch((error) => {
        for (const each of batch) each.reject(translated(error, file))
      })
    }
    // In the same turn as the last look at what waits: a deed that comes now starts the next round.
    running = undefined
  }

  const commit = (batch: Waiting[]) =>
    db.connection().execute(async (connection) => {
      const done: (() => void)[] = []
      await begin(connection)
      try {
        for (const each of batch) done.push(await attempt(connection, each))
        await sql`commit`.execute(connection)
      } catch (error) {
        await sql`rollback`.execute(connection).catch(() => undefined)
        throw error
      }
      for (const answer of done) answer()
    })

  const begin = async (connection: Db) => {
    const until = performance.now() + busyMilliseconds
    for (;;) {
      try {
        return await sql`begin immediate`.execute(connection)
      } catch (error) {
        if (!isBusy(error) || performance.now() > until) throw error
      }
      await pause(busyPauseMilliseconds)
    }
  }

  const attempt = async (connection: Db, { deed, resolve, reject }: Waiting): Promise<() => void> => {
    run('savepoint deed')
    try {
      const value = await deed(connection)
      run('release deed')
      return () => resolve(value)
    } catch (error) {
      // A full disk may have ended the whole transaction; then this is what all of them are told.
      await undo(connection).catch(() => Promise.reject(error))
      return () => reject(translated(error, file))
    }
  }

  const undo = async (connection: Db) => {
    await sql`rollback to deed`.execute(connection)
    await sql`release deed`.execute(connection)
  }

  return { add, idle: async () => running }
}
