/** The embedded database: one file, one connection for writes and one for reads. Knows no table except `changes`. */
import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { CamelCasePlugin, Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import { changesPerRead } from '../changes.ts'
import type { Database, Db, RawRow, WhereFile } from '../database.ts'
import { watchSpace } from '../disk-space.ts'
import { DatabaseTrouble, translated } from '../errors.ts'
import type { Change, FeedAnswer } from '../feed-position.ts'
import type { Tables } from '../schema/tables.ts'
import { commitQueue } from './commit-queue.ts'
import { guardFiles, refuseForeignLog, rewriteMark } from './sqlite-files.ts'
import { addFunctions } from './sqlite-functions.ts'
import { sqliteLists } from './sqlite-lists.ts'

const statementsKept = 400
/** Rows of a long result between two turns of the event loop. */
const rowsPerTurn = 2_000

type SqliteFile = WhereFile & { readonly busyMilliseconds: number }

/** Opens or creates the file with mode 0600, its directory with 0700. Throws `DatabaseTrouble` with one clear sentence. */
export function openSqlite(where: SqliteFile): Database {
  const { file } = where
  try {
    makeFolder(dirname(file))
    refuseForeignLog(file)
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
    return sqliteDatabase(where, openWriter(where), openReader(where))
  } catch (error) {
    throw translated(error, file)
  }
}

/** For a directory below a read-only one, Node reports that it does not exist: checking the parent yields the real reason. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    let parent = dirname(folder)
    while (!existsSync(parent)) parent = dirname(parent)
    accessSync(parent, constants.W_OK)
    throw error
  }
}

function openWriter({ file, busyMilliseconds }: SqliteFile): DatabaseSync {
  const writer = new DatabaseSync(file, { timeout: busyMilliseconds, enableForeignKeyConstraints: true })
  // From here on the commit queue waits for other programs: SQLite's own busy wait would block the whole process.
  writer.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 0')
  // Hashes and ids fall on random pages: a small cache, or a checkpoint every 4 MB, costs a quarter of the speed.
  // The commit queue checkpoints and truncates the log, which is how it knows where a log starts.
  writer.exec('pragma wal_autocheckpoint = 0; pragma cache_size = -32000')
  addFunctions(writer)
  return writer
}

function openReader({ file, busyMilliseconds }: SqliteFile): DatabaseSync {
  const reader = new DatabaseSync(file, { readOnly: true, timeout: busyMilliseconds })
  addFunctions(reader)
  return reader
}

/** Two queries: SQLite scans the table for both in one. */
const bounds = `select coalesce((select min(sequence) from changes), 0) as oldest,
  coalesce((select max(sequence) from changes), 0) as newest`

function sqliteDatabase(where: SqliteFile, writer: DatabaseSync, reader: DatabaseSync): Database {
  const write = kyselyOver(writer)
  const read = kyselyOver(reader)
  const dataVersion = reader.prepare('pragma data_version')
  dataVersion.setReturnArrays(true)
  // Prepared on first use: a new file has no tables yet.
  const prepared = adapter(reader).prepare
  const changes = 'select sequence, kind, key, mark from changes where sequence >= ? order by sequence limit ?'
  const readChanges = (sequence: number | undefined): FeedAnswer => {
    const { oldest, newest } = prepared(bounds).all([])[0] as { oldest: number; newest: number }
    const at = sequence ?? newest
    const found = prepared(changes).all([at, changesPerRead + 1]) as Change[]
    const isPartial = found.length > changesPerRead
    const last = found[0]?.sequence === at ? found.shift() : undefined
    const seen = { oldest, newest, last, changes: found, isPartial }
    return { origin: '', snapshot: null, ...seen, takenBelow: 0n, time: null, transactionAge: 0 }
  }
  const each: Database['each'] = async (text, onRow) => {
    try {
      // A separate connection: an open statement pins its connection to an old snapshot, which verdicts must not see.
      using own = openReader(where)
      const statement = own.prepare(text)
      statement.setReturnArrays(true)
      let rows = 0
      for (const row of statement.iterate()) {
        onRow(row as unknown as RawRow)
        rows += 1
        if (rows % rowsPerTurn === 0) await new Promise(setImmediate)
      }
    } catch (error) {
      throw translated(error, where.file)
    }
  }
  const guard = guardFiles(where.file)
  const space = watchSpace({ file: where.file, reserve: where.reserve ?? false, room: where.room })
  const lists = sqliteLists(where)
  const queue = commitQueue(write, writer, { ...where, guard, space })
  return {
    kind: 'sqlite',
    read,
    lists: lists.db,
    write: queue.add,
    withoutTransaction: queue.add,
    alone: (work) => work(queue.add),
    each,
    feed: {
      kind: 'immediate',
      version: () => {
        if (guard.isReplaced()) throw new DatabaseTrouble(`${where.file} was replaced by another file`)
        return (dataVersion.get() as unknown as [number])[0]
      },
      read: async (after, work) => work(readChanges(after?.sequence), { db: read, each, missing: async () => [] }),
    },
    storage: {
      trouble: guard.look,
      space: space.state,
      probe: () => queue.add(async () => rewriteMark(writer)),
      keepReserve: space.keepReserve,
    },
    close: async () => {
      await queue.close()
      await lists.close()
      reader.close()
      writer.close()
      guard.stop()
    },
  }
}

function kyselyOver(connection: DatabaseSync): Db {
  const database = adapter(connection)
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }), plugins: [new CamelCasePlugin()] })
}

/** The interface that Kysely expects of a driver. Statements are cached, because preparing one costs more than running it. */
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
