/** A SQLite file with the current schema and no data. Copying it is much faster than running every migration. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../authority/database/database.ts'

/** The path of such a file, which several test files share. */
export const migratedFileVariable = 'MINTMARK_TEST_MIGRATED_FILE'

let migrated: Promise<string> | undefined

/** Creates `file` with the current schema. */
export async function copyMigratedFile(file: string): Promise<void> {
  migrated ??= migratedFile()
  copyFileSync(await migrated, file)
}

/** The file that the variable names, or one that is removed when this process exits. */
export async function migratedFile(): Promise<string> {
  const given = process.env[migratedFileVariable]
  if (given) return given
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-migrated-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'mintmark.db')
  await (await openDatabase({ file })).close()
  return file
}
