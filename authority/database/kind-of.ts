import { SqliteAdapter } from 'kysely'
import type { Database, Db } from './database.ts'

/** For statements that the two databases need in different forms. */
export const kindOf = (db: Db): Database['kind'] =>
  db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'
