/** Records which columns statements read, as reported by SQLite's compiler. */
import { constants, DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { CamelCasePlugin, Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Db, FeedView } from '../authority/database/database.ts'
import type { Tables } from '../authority/database/schema/tables.ts'

/** The feed itself, and SQLite's own table. */
const unwatched = new Set(['changes', 'sqlite_master'])

export interface ColumnRecorder {
  readonly db: Db
  readonly each: FeedView['each']
  /** The columns, as `table.column`. */
  readonly reads: ReadonlySet<string>
}

/** A read-only connection to an SQLite file that records which columns its statements read. */
export function openColumnRecorder(file: string): ColumnRecorder {
  const reads = new Set<string>()
  const connection = new DatabaseSync(file, { readOnly: true })
  connection.setAuthorizer((action, table, column) => {
    if (action === constants.SQLITE_READ && table && !unwatched.has(table)) reads.add(`${table}.${column}`)
    return constants.SQLITE_OK
  })
  const database: SqliteDatabase = {
    close: () => connection.close(),
    prepare: (text) => {
      const statement = connection.prepare(text)
      return {
        reader: true,
        all: (given) => statement.all(...(given as SQLInputValue[])),
        run: (given) => statement.run(...(given as SQLInputValue[])),
        iterate: (given) => statement.iterate(...(given as SQLInputValue[])),
      }
    },
  }
  const db: Db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }), plugins: [new CamelCasePlugin()] })
  const each: FeedView['each'] = async (text, see) => {
    const statement = connection.prepare(text)
    statement.setReturnArrays(true)
    for (const row of statement.iterate()) see(row as never)
  }
  return { db, each, reads }
}
