/** Options shared by all commands that open the database. The authority is loaded only when one of them runs. */
import cluster from 'node:cluster'
import type { Flags, Settings } from '@mintmark/authority'
import type { Command } from 'commander'
import { plain } from '../output/print.ts'

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
    .option('--data <folder>', 'folder of the database and the master key (MINTMARK_DATA, default: ./data)')
    .option('--database <url>', 'postgres://… to use PostgreSQL instead of SQLite (MINTMARK_DATABASE)')
    .option(
      '--database-pool <number>',
      'maximum number of connections to PostgreSQL (MINTMARK_DATABASE_POOL, default: 16)',
    )
    .option(
      '--database-wait <seconds>',
      'how long to wait for PostgreSQL at startup (MINTMARK_DATABASE_WAIT, default: 60)',
    )
}

export const openAuthority = () => import('@mintmark/authority')

/** Returns the settings. Prints a warning to stderr for each unknown `MINTMARK_…` variable, but not again in each worker. */
export function settingsFrom({ readSettings }: Awaited<ReturnType<typeof openAuthority>>, flags: Flags): Settings {
  const settings = readSettings(flags)
  if (!cluster.isWorker) for (const warning of settings.warnings) process.stderr.write(`mintmark: ${plain(warning)}\n`)
  return settings
}
