import { parsePostgresUrl } from '../../database/postgres/postgres-options.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Returns the URL of a PostgreSQL server, or null. Throws `WrongUsage`, which names the parameter but not its value. */
export function readDatabase(url: string | undefined): string | null {
  if (url === undefined) return null
  try {
    parsePostgresUrl(url)
    return url
  } catch (error) {
    throw new WrongUsage((error as Error).message)
  }
}
