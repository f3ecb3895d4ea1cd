/** Brings the schema up to date, forward only and under a lock; refuses a schema newer than the program. */
import { type Kysely, type Migration, Migrator, sql } from 'kysely'
import type { Database } from './database.ts'
import { DatabaseTrouble, translated } from './errors.ts'
import { spine } from './migrations/0001-spine.ts'

const sources: Record<string, string> = { '0001-spine': spine }

const spellings = {
  sqlite: { blob: 'blob', text: 'text', serial: 'integer primary key autoincrement' },
  postgres: { blob: 'bytea', text: 'text collate "C"', serial: 'bigserial primary key' },
} as const

export async function migrate(database: Database): Promise<void> {
  await database.bare(async (db) => {
    const spelling = spellings[database.kind]
    const migrations = Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, migrationFrom(source, spelling)]),
    )
    // Without the renaming plugin: the migrator has tables of its own.
    const plain = db.withoutPlugins()
    const migrator = new Migrator({ db: plain, provider: { getMigrations: async () => migrations } })
    await refuseNewer(plain)
    const { error } = await migrator.migrateToLatest()
    if (error) throw translated(error)
  })
}

async function refuseNewer(db: Kysely<never> | Database['read']): Promise<void> {
  const rows = await sql<{ name: string }>`select name from kysely_migration`.execute(db).then(
    ({ rows }) => rows,
    () => [],
  )
  const unknown = rows.find(({ name }) => !(name in sources))
  if (unknown) {
    throw new DatabaseTrouble(`the database has schema ${unknown.name}, newer than this program; use a newer Mintmark`)
  }
}

function migrationFrom(source: string, spelling: Record<string, string>): Migration {
  const statements = source
    .replace(/\{(\w+)\}/g, (_, word: string) => spelling[word] ?? word)
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean)
  return {
    up: async (db) => {
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
