/** Opens the store that the settings name, for as long as some work takes. What goes wrong is one sentence for the operator. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NotInitialised } from './app.ts'
import { AuditKeyMissing } from './audit-events/audit-keys.ts'
import { type Settings, WrongUsage } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { DatabaseTrouble } from './database/errors.ts'
import { CannotPrepare } from './installation/cannot-prepare.ts'
import { SealBroken } from './vault/vault.ts'

const fileOf = ({ data }: Settings): string => join(data, 'mintmark.db')

/** `reserve`: room on the disk is kept for the last changes, as a server does. */
export async function withStore<T>(
  settings: Settings,
  work: (database: Database) => Promise<T>,
  { reserve = false }: { reserve?: boolean } = {},
): Promise<T> {
  try {
    const database = await openDatabase(
      settings.database ? { url: settings.database } : { file: fileOf(settings), reserve },
    )
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  } catch (error) {
    throw asUsage(error)
  }
}

/** Opening makes what is not there: a log that was just made holds without proving anything. */
export function refuseNoStore(settings: Settings): void {
  if (!settings.database && !existsSync(fileOf(settings)))
    throw new WrongUsage(`--data: there is no store in ${settings.data}`)
}

function asUsage(error: unknown): unknown {
  if (error instanceof DatabaseTrouble) return new WrongUsage(error.message)
  if (error instanceof AuditKeyMissing) return new WrongUsage(error.message)
  if (error instanceof SealBroken) return new WrongUsage('the master key is not the one this store was sealed with')
  if (error instanceof CannotPrepare || error instanceof NotInitialised) return new WrongUsage(error.message)
  return error
}
