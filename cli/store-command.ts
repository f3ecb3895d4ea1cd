/** What every command that opens a store has. The authority is loaded when one of them runs, not before. */
import type { Flags, Settings } from '@mintmark/authority'
import type { Command } from 'commander'
import { plain } from './print.ts'

export interface StoreFlags {
  readonly data?: string
  readonly database?: string
  readonly databasePool?: string
  readonly databaseWait?: string
}

export function storeCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--data <folder>', 'where the store and its master key lie, ./data unless told (MINTMARK_DATA)')
    .option('--database <address>', 'postgres://… to keep the store in PostgreSQL (MINTMARK_DATABASE)')
    .option('--database-pool <number>', 'the most connections to PostgreSQL, 16 by default (MINTMARK_DATABASE_POOL)')
    .option('--database-wait <seconds>', 'how long to wait for PostgreSQL, 60 by default (MINTMARK_DATABASE_WAIT)')
}

export const openAuthority = () => import('@mintmark/authority')

/** The settings, after a line on stderr for each `MINTMARK_…` variable that is none. */
export function settingsFrom({ readSettings }: Awaited<ReturnType<typeof openAuthority>>, flags: Flags): Settings {
  const settings = readSettings(flags)
  for (const warning of settings.warnings) process.stderr.write(`mintmark: ${plain(warning)}\n`)
  return settings
}
