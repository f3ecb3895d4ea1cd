/** Opens the configured store for the duration of some work. Problems become one sentence for the operator. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NotInitialized } from '../app.ts'
import { AuditKeyMissing } from '../audit/audit-keys.ts'
import { CannotPrepare } from '../cannot-prepare.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { DatabaseTrouble } from '../database/errors.ts'
import { DecryptionFailed } from '../vault/vault.ts'
import { realWorld } from '../world.ts'
import { type Settings, WrongUsage } from './config.ts'

const fileOf = ({ data }: Settings): string => join(data, 'mintmark.db')

/**
 * `reserve`: keep a reserve file for writes on a full disk, as a server does. `say` receives messages about waiting for or
 * upgrading the database; by default they go to stderr.
 */
export async function withStore<T>(
  settings: Settings,
  work: (database: Database) => Promise<T>,
  { reserve = false, say = printToStderr }: { reserve?: boolean; say?: (line: string) => void } = {},
): Promise<T> {
  const { database: url, databasePool: pool, databaseWaitSeconds } = settings
  try {
    const where = url ? { url, pool, random } : { file: fileOf(settings), reserve }
    const database = await openDatabase(where, { say, waitMilliseconds: databaseWaitSeconds * 1_000 })
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  } catch (error) {
    throw asWrongUsage(error)
  }
}

const printToStderr = (line: string): void => void process.stderr.write(`${line}\n`)

const random = (): number => Buffer.from(realWorld.random(4)).readUInt32BE() / 2 ** 32

/** Opening creates a missing store, and verifying a newly created log proves nothing. */
export function requireStore(settings: Settings): void {
  if (!settings.database && !existsSync(fileOf(settings)))
    throw new WrongUsage(`--data: there is no database in ${settings.data}`)
}

function asWrongUsage(error: unknown): unknown {
  if (error instanceof DatabaseTrouble) return new WrongUsage(error.message)
  if (error instanceof AuditKeyMissing) return new WrongUsage(error.message)
  if (error instanceof DecryptionFailed) return new WrongUsage('the master key does not match this database')
  if (error instanceof CannotPrepare || error instanceof NotInitialized) return new WrongUsage(error.message)
  return error
}
